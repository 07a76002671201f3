"""The demonstration: a newsroom, a mailbox and a webhook receiver on loopback, and the real program between them."""
