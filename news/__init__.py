"""The words presswatch speaks: plain, frozen, no I/O."""
