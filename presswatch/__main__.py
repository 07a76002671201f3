"""Where the program begins: `presswatch`, or `python -m presswatch`.

Small on purpose: every parsing child imports the module that began the program, and needs nothing of the command line.
"""

import gc


def main() -> None:
    """Run the command line and end the process with a documented status."""
    gc.set_threshold(100_000)  # hardly anything of ours is a cycle; to look for them at every 700th object is dear
    from presswatch.cli import main as command_line

    try:
        command_line()
    finally:
        gc.freeze()  # or Python would look for cycles among all it loaded, before it ends: a tenth of a short round


if __name__ == "__main__":
    main()
