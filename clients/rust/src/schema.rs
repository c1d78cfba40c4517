//! What may be in which message: prost has no descriptors, so they are spelled out here and compared with the schema by a test.

use Kind::{Bool, Bytes, Enum, Fixed32, Fixed64, Message, Text, U32, U64};

/// A message of the schema.
pub(crate) struct Rules {
    pub name: &'static str,
    pub fields: &'static [Field],
}

pub(crate) struct Field {
    pub number: u64,
    pub name: &'static str,
    pub kind: Kind,
    pub repeated: bool,
    /// Not 0: of its fields only one may be there.
    pub oneof: u64,
}

pub(crate) enum Kind {
    Bool,
    U32,
    U64,
    /// The largest of values that are counted without a gap.
    Enum(u64),
    Fixed32,
    Fixed64,
    Bytes,
    Text,
    Message(&'static Rules),
}

const fn one(number: u64, name: &'static str, kind: Kind) -> Field {
    Field { number, name, kind, repeated: false, oneof: 0 }
}

const fn many(number: u64, name: &'static str, kind: Kind) -> Field {
    Field { number, name, kind, repeated: true, oneof: 0 }
}

const fn of(oneof: u64, number: u64, name: &'static str, kind: Kind) -> Field {
    Field { number, name, kind, repeated: false, oneof }
}

pub(crate) static FILE: Rules = Rules {
    name: "File",
    fields: &[
        one(1, "magic", Fixed32),
        one(2, "version", U32),
        of(3, 3, "array", Message(&ARRAY)),
        of(3, 4, "bundle", Message(&BUNDLE)),
        many(5, "buffers", Message(&BUFFER)),
    ],
};
static BUFFER: Rules =
    Rules { name: "Buffer", fields: &[one(1, "padding", Bytes), one(2, "data", Bytes), one(3, "checksum", Message(&CHECKSUM))] };
static CHECKSUM: Rules = Rules { name: "Checksum", fields: &[one(1, "kind", Enum(2)), one(2, "value", Fixed32)] };
static ARRAY: Rules = Rules {
    name: "Array",
    fields: &[
        one(1, "dtype", Message(&DTYPE)),
        many(2, "shape", U64),
        one(3, "order", Enum(2)),
        one(4, "masked", Bool),
        one(5, "mask", Message(&MASK)),
        one(6, "fill_value", Message(&FILL)),
        one(7, "hard_mask", Bool),
        one(8, "hidden_dropped", Bool),
        many(9, "attributes", Message(&ATTRIBUTE)),
        one(10, "dims", Message(&DIMS)),
        one(11, "subclass", Enum(11)),
        one(12, "data_subclass", Enum(11)),
        many(13, "objects", Message(&VALUE)),
        one(14, "data_buffer", U32),
    ],
};
static DIMS: Rules = Rules { name: "Dims", fields: &[many(1, "names", Text)] };
static DTYPE: Rules = Rules {
    name: "DType",
    fields: &[
        one(1, "kind", Enum(24)),
        one(2, "byte_order", Enum(2)),
        one(3, "itemsize", U64),
        one(4, "time_unit", Enum(14)),
        one(5, "time_multiple", U32),
        one(6, "long_double_layout", Enum(4)),
        many(7, "fields", Message(&FIELD)),
        one(8, "aligned", Bool),
        one(9, "alignment", U32),
        one(10, "record", Bool),
        one(11, "no_coerce", Bool),
        one(12, "na_object", Message(&VALUE)),
        many(13, "metadata", Message(&ATTRIBUTE)),
    ],
};
static FIELD: Rules = Rules {
    name: "Field",
    fields: &[
        one(1, "name", Text),
        one(2, "title", Message(&VALUE)),
        one(3, "dtype", Message(&DTYPE)),
        one(4, "offset", U64),
        many(5, "shape", U64),
    ],
};
static MASK: Rules = Rules { name: "Mask", fields: &[one(1, "encoding", Enum(3)), one(2, "count", U64), one(3, "buffer", U32)] };
static FILL: Rules =
    Rules { name: "FillValue", fields: &[one(1, "dtype", Message(&DTYPE)), one(2, "data", Bytes), one(3, "object", Message(&VALUE))] };
static BUNDLE: Rules = Rules {
    name: "Bundle",
    fields: &[
        one(1, "kind", Enum(3)),
        many(2, "entries", Message(&ENTRY)),
        many(3, "attributes", Message(&ATTRIBUTE)),
        many(4, "keys", Message(&ATTRIBUTE)),
    ],
};
static ENTRY: Rules =
    Rules { name: "Entry", fields: &[one(1, "name", Text), of(2, 2, "array", Message(&ARRAY)), of(2, 3, "bundle", Message(&BUNDLE))] };
static ATTRIBUTE: Rules = Rules { name: "Attribute", fields: &[one(1, "name", Text), one(2, "value", Message(&VALUE))] };
static VALUE: Rules = Rules {
    name: "Value",
    fields: &[
        of(1, 1, "none", Bool),
        of(1, 2, "boolean", Bool),
        of(1, 3, "integer", Fixed64),
        of(1, 4, "big_integer", Bytes),
        of(1, 5, "float_bits", Fixed64),
        of(1, 6, "text", Text),
        of(1, 7, "binary", Bytes),
        of(1, 8, "complex", Message(&COMPLEX)),
        of(1, 9, "list", Message(&SEQUENCE)),
        of(1, 10, "tuple", Message(&SEQUENCE)),
        of(1, 11, "dict", Message(&DICT)),
        of(1, 12, "array", Message(&ARRAY)),
        of(1, 13, "bundle", Message(&BUNDLE)),
    ],
};
static COMPLEX: Rules = Rules { name: "Complex", fields: &[one(1, "real_bits", Fixed64), one(2, "imaginary_bits", Fixed64)] };
static SEQUENCE: Rules = Rules { name: "Sequence", fields: &[many(1, "items", Message(&VALUE))] };
static DICT: Rules = Rules { name: "Dict", fields: &[many(1, "items", Message(&DICT_ITEM))] };
static DICT_ITEM: Rules = Rules { name: "DictItem", fields: &[one(1, "key", Message(&VALUE)), one(2, "value", Message(&VALUE))] };

pub(crate) static STREAM: Rules = Rules {
    name: "StreamMessage",
    fields: &[
        of(1, 1, "envelope", Message(&ENVELOPE)),
        of(1, 2, "header", Message(&HEADER)),
        of(1, 3, "block", Message(&BLOCK)),
        of(1, 4, "growth", Message(&GROWTH)),
        of(1, 5, "index", Message(&INDEX)),
        of(1, 6, "end", Message(&END)),
        of(1, 7, "request", Message(&REQUEST)),
        of(1, 8, "receipt", Message(&RECEIPT)),
        of(1, 9, "failure", Message(&FAILURE)),
        one(15, "checksum", Fixed32),
    ],
};
static ENVELOPE: Rules = Rules {
    name: "Envelope",
    fields: &[
        one(1, "magic", Fixed32),
        one(2, "version", U32),
        one(3, "headers", U64),
        one(4, "blocks", U64),
        one(5, "codec", Enum(4)),
        one(6, "checksum", Enum(2)),
        one(7, "mask_encoding", Enum(3)),
        many(8, "block_shapes", Message(&SHAPE)),
        of(9, 9, "array", Message(&ARRAY)),
        of(9, 10, "bundle", Message(&BUNDLE)),
        many(11, "buffers", Message(&BUFFER)),
    ],
};
static SHAPE: Rules = Rules { name: "BlockShape", fields: &[many(1, "lengths", U64)] };
static HEADER: Rules = Rules { name: "NpyHeader", fields: &[one(1, "array", U32), one(2, "npy", Bytes)] };
static BLOCK: Rules = Rules {
    name: "Block",
    fields: &[
        one(1, "index", U64),
        one(2, "array", U32),
        one(3, "plane", Enum(2)),
        one(4, "start", U64),
        one(5, "count", U64),
        one(6, "length", U64),
        one(7, "data", Bytes),
    ],
};
pub(crate) static OBJECTS: Rules =
    Rules { name: "Objects", fields: &[many(1, "items", Message(&VALUE)), many(2, "buffers", Message(&BUFFER))] };
static GROWTH: Rules = Rules { name: "Growth", fields: &[one(1, "array", U32), one(2, "length", U64)] };
static INDEX: Rules =
    Rules { name: "Index", fields: &[many(1, "offsets", Fixed64), many(2, "sizes", Fixed32), many(3, "growths", Message(&GROWTH))] };
static END: Rules = Rules { name: "End", fields: &[one(1, "blocks", Fixed64), one(2, "index", Fixed64), one(3, "digest", Fixed32)] };
static REQUEST: Rules =
    Rules { name: "Request", fields: &[one(1, "version", U32), many(2, "runs", Message(&RUN)), one(3, "only_runs", Bool)] };
static RUN: Rules = Rules { name: "BlockRun", fields: &[one(1, "first", U64), one(2, "count", U64)] };
static RECEIPT: Rules = Rules { name: "Receipt", fields: &[one(1, "blocks", Fixed64), one(2, "digest", Fixed32)] };
static FAILURE: Rules = Rules { name: "Failure", fields: &[one(1, "code", Text), one(2, "message", Text)] };

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::{BTreeMap, BTreeSet};

    fn said(rules: &'static Rules, into: &mut BTreeMap<String, Vec<String>>) {
        if into.contains_key(rules.name) {
            return;
        }
        let line = |field: &Field| {
            let kind = match &field.kind {
                Bool => "bool".into(),
                U32 => "uint32".into(),
                U64 => "uint64".into(),
                Enum(last) => format!("enum of {last}"),
                Fixed32 => "fixed32".into(),
                Fixed64 => "fixed64".into(),
                Bytes => "bytes".into(),
                Text => "string".into(),
                Message(inner) => inner.name.to_string(),
            };
            format!("{} {} {kind} {} {}", field.number, field.name, field.repeated, field.oneof)
        };
        into.insert(rules.name.into(), rules.fields.iter().map(line).collect());
        for field in rules.fields {
            if let Message(inner) = &field.kind {
                said(inner, into);
            }
        }
    }

    #[test]
    fn is_the_schema() {
        let here = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
        let proto = here.join("../../packages/adapter-protobuf/proto");
        let files = ["masquerade/v1/dtype.proto", "masquerade/v1/file.proto", "masquerade/v1/blocks.proto"].map(|name| proto.join(name));
        let set = protox::compile(files, [proto]).expect("the schema");
        let mut enums = BTreeMap::new();
        for one in set.file.iter().flat_map(|file| &file.enum_type) {
            let numbers: BTreeSet<i32> = one.value.iter().map(|value| value.number()).collect();
            let last = *numbers.last().expect("values");
            assert_eq!(numbers.len() as i32, last + 1, "{} has a gap", one.name());
            enums.insert(format!(".masquerade.v1.{}", one.name()), last);
        }
        let mut schema = BTreeMap::new();
        for message in set.file.iter().flat_map(|file| &file.message_type) {
            let mut first = BTreeMap::new();
            let lines = message.field.iter().map(|field| {
                let kind = match field.r#type().as_str_name() {
                    "TYPE_ENUM" => format!("enum of {}", enums[field.type_name()]),
                    "TYPE_MESSAGE" => field.type_name().rsplit('.').next().expect("a name").to_string(),
                    "TYPE_SFIXED64" => "fixed64".into(),
                    other => other["TYPE_".len()..].to_lowercase(),
                };
                let repeated = field.label().as_str_name() == "LABEL_REPEATED";
                let oneof = match field.oneof_index {
                    Some(index) if !field.proto3_optional() => *first.entry(index).or_insert(field.number()),
                    _ => 0,
                };
                format!("{} {} {kind} {repeated} {oneof}", field.number(), field.name())
            });
            schema.insert(message.name().to_string(), lines.collect::<Vec<_>>());
        }
        let mut ours = BTreeMap::new();
        for whole in [&FILE, &STREAM, &OBJECTS] {
            said(whole, &mut ours);
        }
        assert_eq!(ours, schema);
    }
}
