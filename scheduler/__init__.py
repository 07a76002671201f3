"""When, and in what order: the flow on one page."""
