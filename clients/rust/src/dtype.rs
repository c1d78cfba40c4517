//! What NumPy's dtypes can be.

use std::collections::HashSet;

use crate::error::{Error, Result};
use crate::v1::{ByteOrder, DType, Field, Kind, LongDoubleLayout, TimeUnit};
use crate::wire::LARGEST;

const MOST_DIMS: usize = 64;
const MOST_FIELDS: usize = 32768;
const DEEPEST: usize = 64;
const MOST_INT: u64 = (1 << 31) - 1;

/// Bytes of the kinds that have always as many.
pub(crate) fn itemsize_of(kind: Kind) -> Option<u64> {
    Some(match kind {
        Kind::Bool | Kind::Int8 | Kind::Uint8 => 1,
        Kind::Int16 | Kind::Uint16 | Kind::Float16 => 2,
        Kind::Int32 | Kind::Uint32 | Kind::Float32 => 4,
        Kind::Int64 | Kind::Uint64 | Kind::Float64 | Kind::Complex64 | Kind::Datetime64 | Kind::Timedelta64 | Kind::Object => 8,
        Kind::Complex128 | Kind::String => 16,
        _ => return None,
    })
}

pub(crate) fn is_ordered(kind: Kind) -> bool {
    !matches!(kind, Kind::Bool | Kind::Int8 | Kind::Uint8 | Kind::Bytes | Kind::Void | Kind::Struct | Kind::Object | Kind::String)
}

/// Elements are values in `Array.objects`.
pub(crate) fn of_objects(dtype: &DType) -> bool {
    matches!(dtype.kind(), Kind::Object | Kind::String)
}

pub(crate) fn has_objects(dtype: &DType) -> bool {
    of_objects(dtype) || dtype.fields.iter().any(|field| field.dtype.as_ref().is_some_and(has_objects))
}

/// A product of counts. Above 2^53 - 1 it stays there: nothing has so many bytes.
pub(crate) fn times(a: u64, b: u64) -> u64 {
    a.checked_mul(b).map_or(LARGEST, |product| product.min(LARGEST))
}

/// The product of a shape, unless it cannot be counted even without its zeros.
pub(crate) fn elements(shape: &[u64]) -> Result<u64> {
    if shape.len() > MOST_DIMS {
        return Err(Error::new(format!("{} dimensions; there are at most {MOST_DIMS}", shape.len())));
    }
    let nonzero = shape.iter().fold(1, |product, &n| times(product, n.max(1)));
    if nonzero == LARGEST {
        return Err(Error::new(format!("shape {shape:?} cannot be counted")));
    }
    Ok(if shape.contains(&0) { 0 } else { nonzero })
}

fn count(field: &Field) -> u64 {
    field.shape.iter().fold(1, |product, &n| times(product, n))
}

/// Bools that an element has in a mask: one, or one for each field of a record.
pub(crate) fn bools(dtype: &DType) -> u64 {
    if dtype.kind() != Kind::Struct {
        return 1;
    }
    let each = |field: &Field| times(count(field), field.dtype.as_ref().map_or(0, bools));
    dtype.fields.iter().fold(0, |sum: u64, field| (sum + each(field)).min(LARGEST))
}

/// Refuses what NumPy cannot have. `fields` counts those of all dtypes of a file.
pub(crate) fn check(dtype: &DType, fields: &mut usize, depth: usize) -> Result<()> {
    if depth > DEEPEST {
        return Err(Error::new(format!("a dtype nested more than {DEEPEST} deep")));
    }
    let kind = dtype.kind();
    let wrong = |what: &str| Err(Error::new(format!("a dtype of {} {what}", kind.as_str_name())));
    let time = matches!(kind, Kind::Datetime64 | Kind::Timedelta64);
    let long = matches!(kind, Kind::Longdouble | Kind::Clongdouble);
    let (unit, multiple) = (dtype.time_unit(), dtype.time_multiple);
    if kind == Kind::Unspecified {
        return wrong("does not say its kind");
    }
    if is_ordered(kind) != (dtype.byte_order() != ByteOrder::Unspecified) {
        return wrong("with such a byte order");
    }
    let counts_in_ones = unit != TimeUnit::Generic || multiple == 1;
    if time != (unit != TimeUnit::Unspecified) || time != (multiple != 0) || u64::from(multiple) > MOST_INT || !counts_in_ones {
        return wrong("with such a unit of time");
    }
    if long != (dtype.long_double_layout() != LongDoubleLayout::Unspecified) {
        return wrong("with such a layout of long doubles");
    }
    if kind != Kind::Struct && (!dtype.fields.is_empty() || dtype.aligned || dtype.alignment != 0 || dtype.record) {
        return wrong("with fields");
    }
    if kind != Kind::String && (dtype.no_coerce || dtype.na_object.is_some()) {
        return wrong("as if it were StringDType");
    }
    if dtype.aligned != (dtype.alignment != 0) || u64::from(dtype.alignment) > MOST_INT {
        return wrong("aligned to nothing, or not aligned");
    }
    let size = dtype.itemsize;
    let fits = size <= MOST_INT
        && itemsize_of(kind).is_none_or(|expected| expected == size)
        && (kind != Kind::Str || size % 4 == 0)
        && (!long || fits_long(dtype));
    if !fits {
        return wrong(&format!("with {size} bytes"));
    }
    check_fields(dtype, fields, depth)
}

fn fits_long(dtype: &DType) -> bool {
    let twice = if dtype.kind() == Kind::Clongdouble { 2 } else { 1 };
    let each = dtype.itemsize / twice;
    dtype.itemsize % twice == 0
        && match dtype.long_double_layout() {
            LongDoubleLayout::X87 => each == 12 || each == 16,
            LongDoubleLayout::Double => each == 8,
            _ => each == 16,
        }
}

fn check_fields(dtype: &DType, fields: &mut usize, depth: usize) -> Result<()> {
    let mut names = HashSet::new();
    for field in &dtype.fields {
        *fields += 1;
        if *fields > MOST_FIELDS {
            return Err(Error::new(format!("more than {MOST_FIELDS} fields")));
        }
        let wrong = |what: &str| Error::new(format!("field {:?} {what}", field.name));
        if !names.insert(field.name.as_str()) {
            return Err(wrong("occurs twice"));
        }
        let inner = field.dtype.as_ref().ok_or_else(|| wrong("has no dtype"))?;
        check(inner, fields, depth + 1).map_err(|e| e.within(format!("field {:?}", field.name)))?;
        let end = field.offset + times(elements(&field.shape)?, inner.itemsize);
        if end > dtype.itemsize {
            return Err(wrong(&format!("ends at byte {end} of a record of {}", dtype.itemsize)));
        }
    }
    Ok(())
}
