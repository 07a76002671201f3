"""`python -m presswatch` is `presswatch`."""

from presswatch.cli import main

main()
