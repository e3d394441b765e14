"""Every test, in two pytest processes at once: those that start Spark or take long, which show their progress, and beside them the rest.

Two processes because the second half waits more than it works; only two because the machine that this is for has two cores, and each of
them has one server, and at most one of them a Spark session, for all of its tests.
"""

import subprocess
import sys
import tempfile

HALVES = ("not spark and not slow", "spark or slow")


def main() -> int:
    """Run both; what the quick half said comes when it has ended, and the exit code is that of the worse."""
    pytest = [sys.executable, "-m", "pytest"]
    with tempfile.TemporaryFile() as said:
        with subprocess.Popen([*pytest, "-m", HALVES[0]], stdout=said, stderr=subprocess.STDOUT) as quick:
            slow = subprocess.run([*pytest, "-m", HALVES[1]], check=False).returncode
        said.seek(0)
        sys.stdout.write(f"\n== {HALVES[0]} ==\n{said.read().decode(errors='replace')}")
    return max(slow, quick.returncode, key=abs)


if __name__ == "__main__":
    sys.exit(main())
