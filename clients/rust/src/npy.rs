//! The header of an NPY file, as numpy.save writes it.

use crate::dtype::{elements, times};
use crate::error::{Error, Result};
use crate::literal::{parse, repr, Literal};
use crate::v1::{value, ByteOrder, DType, Field, Kind, LongDoubleLayout, TimeUnit, Value};
use crate::wire::LARGEST;

const MAGIC: &[u8] = b"\x93NUMPY";
const MOST: usize = 1 << 20;
/// Digits of an axis that may grow, for which numpy.save leaves room.
const DIGITS: usize = 21;
const DEEPEST: usize = 64;
const MOST_INT: u64 = (1 << 31) - 1;
const UNITS: [&str; 15] = ["", "generic", "Y", "M", "W", "D", "h", "m", "s", "ms", "us", "ns", "ps", "fs", "as"];
const KINDS: [(&str, Kind); 20] = [
    ("b1", Kind::Bool),
    ("i1", Kind::Int8),
    ("i2", Kind::Int16),
    ("i4", Kind::Int32),
    ("i8", Kind::Int64),
    ("u1", Kind::Uint8),
    ("u2", Kind::Uint16),
    ("u4", Kind::Uint32),
    ("u8", Kind::Uint64),
    ("f2", Kind::Float16),
    ("f4", Kind::Float32),
    ("f8", Kind::Float64),
    ("f12", Kind::Longdouble),
    ("f16", Kind::Longdouble),
    ("c8", Kind::Complex64),
    ("c16", Kind::Complex128),
    ("c24", Kind::Clongdouble),
    ("c32", Kind::Clongdouble),
    ("M8", Kind::Datetime64),
    ("m8", Kind::Timedelta64),
];

/// What a header says.
pub(crate) struct Header {
    pub dtype: DType,
    pub shape: Vec<u64>,
    pub fortran: bool,
}

fn wrong<T>(what: impl Into<String>) -> Result<T> {
    Err(Error::new(what))
}

/// Reads a header, with nothing after it.
pub(crate) fn read(raw: &[u8]) -> Result<Header> {
    if raw.len() < 12 || !raw.starts_with(MAGIC) || !(1..=3).contains(&raw[6]) || raw[7] != 0 {
        return wrong("no header of NPY 1.0, 2.0 or 3.0");
    }
    let (start, size) = match raw[6] {
        1 => (10, usize::from(u16::from_le_bytes([raw[8], raw[9]]))),
        _ => (12, u32::from_le_bytes([raw[8], raw[9], raw[10], raw[11]]) as usize),
    };
    if size > MOST || start + size != raw.len() {
        return wrong(format!("an NPY header of {size} bytes, of which {} are there", raw.len() - start));
    }
    let text = if raw[6] == 3 {
        String::from_utf8(raw[start..].to_vec()).map_err(|_| Error::new("an NPY header that is no UTF-8"))?
    } else {
        raw[start..].iter().map(|&byte| char::from(byte)).collect()
    };
    let Literal::Dict(said) = parse(&text)? else { return wrong("an NPY header that is no dict") };
    let get = |name: &str| said.iter().find(|(key, _)| key == name).map(|(_, value)| value);
    match (get("descr"), get("fortran_order"), get("shape"), said.len()) {
        (Some(descr), Some(&Literal::Bool(fortran)), Some(shape), 3) => {
            Ok(Header { dtype: dtype_of(descr, 0)?, shape: shape_of(shape)?, fortran })
        }
        _ => wrong("an NPY header has descr, fortran_order and shape, and nothing else"),
    }
}

fn shape_of(literal: &Literal) -> Result<Vec<u64>> {
    let Literal::Tuple(items) = literal else { return wrong("a shape that is no tuple") };
    let length = |item: &Literal| match item {
        Literal::Int(n) if *n <= LARGEST => Ok(*n),
        other => wrong(format!("a shape has a length of {other:?}")),
    };
    items.iter().map(length).collect()
}

fn dtype_of(descr: &Literal, depth: usize) -> Result<DType> {
    if depth > DEEPEST {
        return wrong(format!("a dtype nested more than {DEEPEST} deep"));
    }
    let items = match descr {
        Literal::Text(code) => return dtype_of_code(code),
        Literal::List(items) => items,
        _ => return wrong("a dtype that is no text and no list of fields"),
    };
    let mut out = DType { kind: Kind::Struct.into(), ..Default::default() };
    for item in items {
        let (name, inner, shape) = match item {
            Literal::Tuple(parts) => match parts.as_slice() {
                [name, inner] => (name, inner, Vec::new()),
                [name, inner, Literal::Int(n)] if *n <= LARGEST => (name, inner, vec![*n]),
                [name, inner, shape] => (name, inner, shape_of(shape)?),
                _ => return wrong("a field is a name, a dtype and perhaps a shape"),
            },
            _ => return wrong("a field is a name, a dtype and perhaps a shape"),
        };
        let (name, title) = match name {
            Literal::Text(name) => (name, None),
            Literal::Tuple(parts) => match parts.as_slice() {
                [Literal::Text(title), Literal::Text(name)] => (name, Some(Value { kind: Some(value::Kind::Text(title.clone())) })),
                _ => return wrong("a field whose name or title is no text"),
            },
            _ => return wrong("a field whose name is no text"),
        };
        let inner = dtype_of(inner, depth + 1)?;
        let size = times(elements(&shape)?, inner.itemsize);
        // Fields without a name are padding.
        if !name.is_empty() || inner.kind() != Kind::Void {
            out.fields.push(Field { name: name.clone(), title, dtype: Some(inner), offset: out.itemsize, shape });
        }
        out.itemsize += size;
        if out.itemsize > MOST_INT {
            return wrong(format!("a record of more than {MOST_INT} bytes"));
        }
    }
    Ok(out)
}

fn dtype_of_code(code: &str) -> Result<DType> {
    known(code).ok_or_else(|| Error::new(format!("the dtype {code:?}, which is none of NumPy's files")))
}

fn known(code: &str) -> Option<DType> {
    let big = code.starts_with('>');
    let rest = code.strip_prefix(['<', '>', '|', '=']).unwrap_or(code);
    let order = if big { ByteOrder::Big } else { ByteOrder::Little };
    if rest == "O" {
        return Some(DType { kind: Kind::Object.into(), itemsize: 8, ..Default::default() });
    }
    let (rest, unit) = match rest.strip_suffix(']') {
        Some(inner) => inner.split_once('[').map(|(rest, unit)| (rest, Some(unit)))?,
        None => (rest, None),
    };
    let letter = rest.chars().next().filter(char::is_ascii)?;
    let size = digits(&rest[1..]).filter(|&size| size <= MOST_INT / 4)?;
    let mut out = DType { itemsize: size, ..Default::default() };
    let time = matches!(letter, 'M' | 'm');
    if unit.is_some() && !time {
        return None;
    }
    match letter {
        'S' | 'a' => out.set_kind(Kind::Bytes),
        'V' => out.set_kind(Kind::Void),
        'U' => {
            out.set_kind(Kind::Str);
            out.itemsize = 4 * size;
            out.set_byte_order(order);
        }
        _ => {
            out.set_kind(KINDS.iter().find(|(name, _)| *name == rest)?.1);
            if size > 1 {
                out.set_byte_order(order);
            }
        }
    }
    if matches!(out.kind(), Kind::Longdouble | Kind::Clongdouble) {
        out.set_long_double_layout(LongDoubleLayout::X87); // the envelope says where it is another
    }
    if time {
        let unit = unit.unwrap_or("generic");
        let name = unit.trim_start_matches(|c: char| c.is_ascii_digit());
        let count = &unit[..unit.len() - name.len()];
        out.time_multiple = if count.is_empty() { 1 } else { digits(count).filter(|n| (1..=MOST_INT).contains(n))? as u32 };
        out.time_unit = UNITS.iter().skip(1).position(|one| *one == name)? as i32 + 1;
    }
    Some(out)
}

fn digits(text: &str) -> Option<u64> {
    let ok = (1..=10).contains(&text.len()) && text.bytes().all(|c| c.is_ascii_digit());
    ok.then(|| text.parse().ok()).flatten()
}

fn bytes_of(field: &Field) -> u64 {
    times(elements(&field.shape).unwrap_or(LARGEST), field.dtype.as_ref().map_or(0, |inner| inner.itemsize))
}

/// Whether the fields of a record follow one another, without overlap.
fn in_order(dtype: &DType) -> bool {
    let mut at = 0;
    dtype.fields.iter().all(|field| {
        let follows = field.offset >= at && field.dtype.as_ref().is_none_or(in_order);
        at = field.offset.saturating_add(bytes_of(field));
        follows
    })
}

/// Whether an NPY header has words for all of a dtype, so that the envelope need not repeat it.
pub(crate) fn says_all(dtype: &DType) -> bool {
    let x87 = dtype.long_double_layout() == LongDoubleLayout::X87;
    let kept = match dtype.kind() {
        Kind::String => false,
        Kind::Longdouble => x87 && dtype.itemsize == 16,
        Kind::Clongdouble => x87 && dtype.itemsize == 32,
        _ => true,
    };
    let plain = dtype.metadata.is_empty() && !dtype.aligned && !dtype.record && in_order(dtype);
    kept && plain && dtype.fields.iter().all(|field| field.dtype.as_ref().is_some_and(says_all))
}

/// Whether a header's dtype is the one that `dtype`, which the envelope says, is written with.
pub(crate) fn agrees(header: &DType, dtype: &DType) -> Result<bool> {
    Ok(dtype_of(&parse(&descr(dtype)?)?, 0)? == *header)
}

fn descr(dtype: &DType) -> Result<String> {
    if matches!(dtype.kind(), Kind::String | Kind::Object) {
        return Ok("'|O'".into());
    }
    if !in_order(dtype) {
        return Ok(format!("'|V{}'", dtype.itemsize));
    }
    if dtype.kind() != Kind::Struct {
        return Ok(format!("'{}'", code(dtype)));
    }
    let mut out = Vec::new();
    let mut at = 0;
    let pad = |out: &mut Vec<String>, from: u64, to: u64| {
        if to > from {
            out.push(format!("('', '|V{}')", to - from));
        }
    };
    for field in &dtype.fields {
        pad(&mut out, at, field.offset);
        let name = match field.title.as_ref().map(|title| &title.kind) {
            None => repr(&field.name),
            Some(Some(value::Kind::Text(title))) => format!("({}, {})", repr(title), repr(&field.name)),
            Some(_) => {
                return wrong(format!("field {:?} has a title that is no text, for which an NPY header has no words here", field.name))
            }
        };
        let inner = descr(field.dtype.as_ref().ok_or_else(|| Error::new("a field has no dtype"))?)?;
        let shape = if field.shape.is_empty() { String::new() } else { format!(", {}", tuple(&field.shape)) };
        out.push(format!("({name}, {inner}{shape})"));
        at = field.offset.saturating_add(bytes_of(field));
    }
    pad(&mut out, at, dtype.itemsize);
    Ok(format!("[{}]", out.join(", ")))
}

fn code(dtype: &DType) -> String {
    let order = match dtype.byte_order() {
        ByteOrder::Little => '<',
        ByteOrder::Big => '>',
        ByteOrder::Unspecified => '|',
    };
    let size = dtype.itemsize;
    let letter = match dtype.kind() {
        Kind::Str => return format!("{order}U{}", size / 4),
        Kind::Bytes => "S",
        Kind::Void => "V",
        kind => KINDS.iter().find(|(_, one)| *one == kind).map_or("?", |(name, _)| &name[..1]),
    };
    let unit = UNITS.get(dtype.time_unit as usize).copied().unwrap_or("");
    match (dtype.time_unit(), dtype.time_multiple) {
        (TimeUnit::Unspecified | TimeUnit::Generic, _) => format!("{order}{letter}{size}"),
        (_, 0 | 1) => format!("{order}{letter}{size}[{unit}]"),
        (_, n) => format!("{order}{letter}{size}[{n}{unit}]"),
    }
}

fn tuple(shape: &[u64]) -> String {
    let parts: Vec<String> = shape.iter().map(u64::to_string).collect();
    format!("({}{})", parts.join(", "), if parts.len() == 1 { "," } else { "" })
}

/// The bytes that numpy.save writes before the data.
pub(crate) fn write(dtype: &DType, shape: &[u64], fortran: bool) -> Result<Vec<u8>> {
    let order = if fortran { "True" } else { "False" };
    let mut text = format!("{{'descr': {}, 'fortran_order': {order}, 'shape': {}, }}", descr(dtype)?, tuple(shape));
    if let Some(slowest) = if fortran { shape.last() } else { shape.first() } {
        text.push_str(&" ".repeat(DIGITS - slowest.to_string().len()));
    }
    let latin: Option<Vec<u8>> = text.chars().map(|c| u8::try_from(c as u32).ok()).collect();
    let version = if latin.is_some() { 1 } else { 3 };
    let body = latin.unwrap_or_else(|| text.into_bytes());
    let padded = |before: usize| {
        let mut out = body.clone();
        out.resize(body.len() + 64 - (before + body.len() + 1) % 64, b' ');
        out.push(b'\n');
        out
    };
    let mut out = MAGIC.to_vec();
    let short = padded(10);
    if let (1, Ok(length)) = (version, u16::try_from(short.len())) {
        out.extend_from_slice(&[1, 0]);
        out.extend_from_slice(&length.to_le_bytes());
        out.extend_from_slice(&short);
        return Ok(out);
    }
    let long = padded(12);
    if long.len() > MOST {
        return wrong(format!("a dtype whose NPY header takes {} bytes", long.len()));
    }
    out.extend_from_slice(&[version.max(2), 0]);
    out.extend_from_slice(&(long.len() as u32).to_le_bytes());
    out.extend_from_slice(&long);
    Ok(out)
}
