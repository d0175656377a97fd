"""Checks that print one line each and are counted, as in scripts/e2e."""


class Checks:
    """The counts of one run."""

    def __init__(self) -> None:
        self.passed = self.failed = 0

    def check(self, name: str, problem: str | None) -> None:
        """Passes without a `problem`; prints it otherwise."""
        if problem is None:
            self.passed += 1
            print(f"ok      {name}", flush=True)
        else:
            self.failed += 1
            print(f"FAILED  {name}\n        {problem}", flush=True)

    def has(self, name: str, text: str, *parts: str) -> None:
        """Passes when `text` has every one of `parts`."""
        missing = [part for part in parts if part not in text]
        self.check(name, f"without {missing}: {text[:1500]}" if missing else None)

    def exit_code(self, what: str) -> int:
        print(f"\n{what}: {self.passed} passed, {self.failed} failed", flush=True)
        return 1 if self.failed else 0
