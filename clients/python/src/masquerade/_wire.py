"""A strict look at the bytes of a message before protobuf's own parser, which lets more pass than this schema does."""

from google.protobuf.descriptor import FieldDescriptor as F

from ._errors import MasqueradeError

# Messages within messages, the file not counted.
_DEEPEST = 100
# Field numbers from here on are annotations, which a reader may skip.
_ANNOTATIONS = 100
_LARGEST = 2**53 - 1

_NUMBERS = {F.TYPE_BOOL: 1, F.TYPE_UINT32: 2**32 - 1, F.TYPE_UINT64: _LARGEST}
_WIRES = {F.TYPE_FIXED32: 5, F.TYPE_FIXED64: 1, F.TYPE_SFIXED64: 1, F.TYPE_BYTES: 2, F.TYPE_STRING: 2, F.TYPE_MESSAGE: 2}
_SIZES = {1: 8, 5: 4}


class _Rule:
    def __init__(self, field):
        self.name = field.name
        self.repeated = field.is_repeated
        self.wire = _WIRES.get(field.type, 0)
        self.packable = self.repeated and self.wire != 2
        self.most = _NUMBERS.get(field.type)
        self.values = frozenset(field.enum_type.values_by_number) if field.type == F.TYPE_ENUM else None
        self.message = field.message_type
        # Fields of a oneof count as one.
        self.one = field.name if field.containing_oneof is None else field.containing_oneof.name


_rules = {}


def _rules_of(descriptor):
    rules = _rules.get(descriptor.full_name)
    if rules is None:
        rules = _rules[descriptor.full_name] = {number: _Rule(field) for number, field in descriptor.fields_by_number.items()}
    return rules


def check(raw, descriptor):
    """Refuses bytes that are no message of this schema. Raises MasqueradeError with the offset."""
    _message(raw, 0, len(raw), descriptor, 0)


def _message(raw, at, end, descriptor, depth):
    if depth > _DEEPEST:
        raise _wrong(f"messages are nested more than {_DEEPEST} deep", at)
    rules = _rules_of(descriptor)
    seen = set()
    while at < end:
        start = at
        tag, at = _varint(raw, at, end)
        number, wire = tag >> 3, tag & 7
        if not 0 < number < 2**29:
            raise _wrong(f"{descriptor.name} has a field with the impossible number {number}", start)
        rule = rules.get(number)
        if rule is None:
            if number < _ANNOTATIONS:
                raise _wrong(f"unknown field {number} in {descriptor.name}: a newer version wrote it, or the file is damaged", start)
            at = _skip(raw, at, end, wire)
            continue
        if wire != rule.wire and not (rule.packable and wire == 2):
            raise _wrong(f"field {rule.name} of {descriptor.name} has wire type {wire}, not {rule.wire}", start)
        if not rule.repeated:
            if rule.one in seen:
                raise _wrong(f"{descriptor.name} has {rule.one} twice", start)
            seen.add(rule.one)
        if wire == 0:
            at = _number(raw, at, end, rule, descriptor)
        elif wire != 2:
            at = _skip(raw, at, end, wire)
        else:
            at, stop = _length(raw, at, end)
            if rule.message is not None:
                _message(raw, at, stop, rule.message, depth + 1)
            elif rule.packable and rule.wire:
                if (stop - at) % _SIZES[rule.wire]:
                    raise _wrong(f"{rule.name} of {descriptor.name} takes {stop - at} bytes", at)
            elif rule.packable:
                while at < stop:
                    at = _number(raw, at, stop, rule, descriptor)
            at = stop


def _number(raw, at, end, rule, descriptor):
    value, after = _varint(raw, at, end)
    if rule.values is not None:
        if value not in rule.values:
            raise _wrong(f"{rule.name} of {descriptor.name} has the unknown value {value}: a newer version wrote it, or the file is damaged", at)
    elif value > rule.most:
        raise _wrong(f"{rule.name} of {descriptor.name} is {value}, more than {rule.most}", at)
    return after


def _varint(raw, at, end):
    value = 0
    for i in range(10):
        if at + i >= end:
            raise _wrong("a number is cut off", at)
        byte = raw[at + i]
        value |= (byte & 127) << 7 * i
        if byte < 128:
            return value, at + i + 1
    raise _wrong("a number has more than ten bytes", at)


def _length(raw, at, end):
    length, after = _varint(raw, at, end)
    if length > end - after:
        raise _wrong(f"{length} bytes are said to follow, there are {end - after}", at)
    return after, after + length


def _skip(raw, at, end, wire):
    if wire == 0:
        return _varint(raw, at, end)[1]
    if wire == 2:
        return _length(raw, at, end)[1]
    if wire not in _SIZES:
        raise _wrong(f"wire type {wire}", at)
    if end - at < _SIZES[wire]:
        raise _wrong(f"{_SIZES[wire]} bytes are cut off", at)
    return at + _SIZES[wire]


def _wrong(what, at):
    return MasqueradeError(f"{what} (at byte {at})")
