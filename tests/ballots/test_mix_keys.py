"""The file of a kind's keys: whatever happens at whatever moment, what is in the mix can be decrypted."""

import shutil
import tempfile
from pathlib import Path

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from surveys.ballots.mix_keys import KindKeys, MixKeys


class KeyFile(RuleBasedStateMachine):
    """Sealing, moves that fail, power cuts at any step: what is in the mix can always be decrypted."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        (self.folder / "mix").mkdir()
        (self.folder / "other").mkdir()
        self.keys = MixKeys(self.folder).of(1, 0, -1, 896)
        self.other = KindKeys(self.folder / "other" / "1.0.-1.896")
        self.entries: list[tuple[int, bytes]] = []
        self.spent: set[bytes] = set()

    @rule()
    def lay_in(self):
        self.entries.append(self.keys.newest())

    @rule()
    def another_server_lays_in_and_the_keys_are_merged(self):
        self.entries.append(self.other.newest())
        self.keys.add(self.other.all())

    @precondition(lambda self: self.entries)
    @rule()
    def another_server_moves(self):
        self.other.forget_before(self.other.renew({self.other.newest()[0]}))

    @precondition(lambda self: self.entries)
    @rule(commits=st.booleans(), forgets=st.booleans())
    def move(self, commits, forgets):
        used = {number for number, _ in self.entries}
        number = self.keys.renew(used)
        assert number not in used
        assert len(self.keys.all()) <= len(used) + 2
        if commits:
            self.spent |= {key for n, key in self.entries if n < number}
            self.entries = []
            if forgets:
                self.keys.forget_before(number)
                assert not self.spent & set(self.keys.all().values())

    @invariant()
    def everything_opens(self):
        known = self.keys.all()
        assert all(known.get(number) == key for number, key in self.entries)

    def teardown(self):
        self.keys.erase()
        shutil.rmtree(self.folder)


TestKeyFile = KeyFile.TestCase
