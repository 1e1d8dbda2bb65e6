"""Starts the command line: `presstalk`, or `python -m desktop`."""

# Nothing is imported before `leave_current_folder`, not even `__future__`: it would be looked for in the
# current folder.
import sys


def leave_current_folder() -> None:
    """Import nothing from the current folder, which `python -m` looks through first.

    It may be anybody's. This package is found all the same: its own folder is known by now.
    """
    if getattr(sys, "frozen", False) or sys.flags.safe_path:
        return
    import os  # loaded by every Python before it looks into the current folder

    sys.path[:] = [folder for folder in sys.path if os.path.isabs(folder) and not _is_current(folder)]


def _is_current(folder: str) -> bool:
    import os

    try:
        return os.path.samefile(folder, os.curdir)
    except OSError:
        return False


def main() -> None:
    """Run, and leave with the exit code."""
    try:
        if sys.argv[1:2] in (["ptt"], ["connect"]):  # a key of the window manager's: 10 ms instead of 200
            from desktop.cli import talk_key

            code = talk_key.run(sys.argv[1:])
            if code is not None:
                sys.exit(code)
        from desktop.base.interrupts import end_at_once
        from desktop.cli.main import main as run

        code = run()
        end_at_once()
        sys.exit(code)
    except KeyboardInterrupt:  # while it was being imported
        sys.exit(130)


if __name__ == "__main__":
    leave_current_folder()
    main()
