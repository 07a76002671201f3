"""The places where alerts go: one module each, one method each."""
