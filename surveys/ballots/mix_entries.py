"""Entries of the mix: an encrypted ballot with the admission and receipt that are rewritten when it moves on."""

from __future__ import annotations

import json
import secrets
import struct
from contextlib import suppress
from dataclasses import dataclass
from typing import NamedTuple

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from surveys.ballots.answers import RemarkText
from surveys.campaigns.indices import GroupIndex, SurveyId, UnitIndex
from surveys.inputs.problems import InputError, Problem

_HEAD = struct.Struct(">I16s16sB?I")
_NONCE = 12
_SIZE = 896  # with what is added to it, such an entry stays inside its page in SQLite (1,002 bytes at most)
_NO_UNIT = -1


class MixKind(NamedTuple):
    """Ballots that nobody must be able to tell apart: a survey's group, the own unit, the bytes of an entry.

    What decides which units a ballot rates. `own_unit` is −1 for none: it is a column of a primary key.
    """

    survey_id: SurveyId
    group: GroupIndex
    own_unit: int
    size: int

    def binding(self, key: int) -> bytes:
        """What an entry is bound to, beside its key (whose number is `key`)."""
        return struct.pack(">IHhII", *self, key)


@dataclass(frozen=True)
class EntryBody:
    """What an entry holds.

    Whether the ballot was sent very fast is added to its group's count when it moves on, and not kept with it.
    """

    admission: bytes
    receipt: bytes
    channel: int
    fast: bool
    packed: bytes
    remarks: tuple[RemarkText, ...]

    def encode(self) -> bytes:
        """As bytes, before padding and encryption."""
        texts = json.dumps([[r.unit, r.item, r.body] for r in self.remarks], ensure_ascii=False).encode()
        head = _HEAD.pack(
            len(self.packed), self.admission or bytes(16), self.receipt, self.channel, self.fast, len(texts)
        )
        return head + self.packed + texts


def decode_body(body: bytes) -> EntryBody:
    """Read what EntryBody.encode wrote; padding is passed over."""
    length, admission, receipt, channel, fast, texts = _HEAD.unpack_from(body)
    packed = body[_HEAD.size : _HEAD.size + length]
    remarks = json.loads(body[_HEAD.size + length : _HEAD.size + length + texts])
    return EntryBody(
        admission if any(admission) else b"",
        receipt,
        channel,
        fast,
        packed,
        tuple(RemarkText(*row) for row in remarks),
    )


def kind_of(survey_id: SurveyId, group: GroupIndex, own_unit: UnitIndex | None, body: bytes) -> MixKind:
    """The kind of a ballot.

    Its size is part of it, because the length of an entry tells who wrote much: were they mixed, the one long remark of
    a batch would have an author. Most fit into the smallest size, longer ones double it and wait for others as long.
    """
    size = _SIZE
    while size < len(body):
        size *= 2
    return MixKind(survey_id, group, _NO_UNIT if own_unit is None else own_unit, size)


def encrypt_entry(body: bytes, kind: MixKind, newest: tuple[int, bytes]) -> bytes:
    """A ballot as an entry: number of the key, nonce, AES-256-GCM of the padded body, bound to kind and key.

    `newest` is the key that encrypts, with its number (KindKeys.newest).
    """
    number, key = newest
    nonce = secrets.token_bytes(_NONCE)
    padded = body.ljust(kind.size, b"\0")
    return number.to_bytes(4, "big") + nonce + AESGCM(key).encrypt(nonce, padded, kind.binding(number))


def key_number(ciphertext: bytes) -> int:
    """The number of the key that an entry was encrypted with."""
    return int.from_bytes(ciphertext[:4], "big")


class DamagedEntryError(InputError):
    """An entry was changed after it was stored: its key is there and does not decrypt it."""

    def __init__(self) -> None:
        super().__init__(Problem("A ballot in the mix is damaged and cannot be decrypted."))


def decrypt_entry(ciphertext: bytes, kind: MixKind, keys: dict[int, bytes]) -> EntryBody:
    """Decrypt an entry with one of `keys` (by number). Raises InputError where its key is gone or it was changed."""
    return open_entry(ciphertext, kind, keys)[0]


def open_entry(ciphertext: bytes, kind: MixKind, keys: dict[int, bytes]) -> tuple[EntryBody, int]:
    """The same, with the number of its key. The number in front may be damaged, too: then another of the keys decrypts it."""
    number = key_number(ciphertext)
    for tried in sorted(keys, key=lambda known: known != number):
        with suppress(InvalidTag, ValueError):  # a ValueError where even the nonce is cut off
            body = AESGCM(keys[tried]).decrypt(
                ciphertext[4 : 4 + _NONCE], ciphertext[4 + _NONCE :], kind.binding(tried)
            )
            return decode_body(body), tried
    raise DamagedEntryError if number in keys else unreadable_entry()


def unreadable_entry() -> InputError:
    """What is said of an entry whose key is gone."""
    return InputError(Problem("A ballot in the mix cannot be decrypted. Restore the folder mix of this instance."))
