"""`python script/checks`: every check over every file git knows or would add; prints what is wrong and where."""

import subprocess
import sys
from pathlib import Path

import async_iteration
import empty_tests
import leaks
import listed_reasons

CHECKS = (empty_tests.check, async_iteration.check, leaks.check, listed_reasons.check)
ROOT = Path(__file__).resolve().parents[2]


def main() -> int:
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    files = {name: ROOT / name for name in sorted(set(listed.split("\0"))) if name and (ROOT / name).is_file()}
    problems = [problem for check in CHECKS for problem in check(files)]
    for problem in problems:
        print(problem, file=sys.stderr)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
