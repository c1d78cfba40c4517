//! A strict look at the bytes of a message before prost, which lets more pass than this schema does.

use crate::error::{Error, Result};
use crate::schema::{Field, Kind, Rules};

/// Messages within messages, the file not counted.
const DEEPEST: usize = 100;
/// Field numbers from here on are annotations, which a reader may skip.
const ANNOTATIONS: u64 = 100;
pub(crate) const LARGEST: u64 = (1 << 53) - 1;

/// Refuses singular fields that come twice, unknown critical fields and values of enumerations, wrong wire types, numbers cut to 32 bits,
/// messages nested too deeply, groups.
pub(crate) fn check(raw: &[u8], start: usize, end: usize, rules: &Rules, depth: usize) -> Result<()> {
    if depth > DEEPEST {
        return Err(Error::at(start, format!("messages are nested more than {DEEPEST} deep")));
    }
    let mut seen = 0u64;
    let mut at = start;
    while at < end {
        let tag_at = at;
        let (tag, next) = varint(raw, at, end)?;
        at = next;
        let (number, wire) = (tag >> 3, tag & 7);
        if !(1..1 << 29).contains(&number) {
            return Err(Error::at(tag_at, format!("{} has a field with the impossible number {number}", rules.name)));
        }
        let Some(field) = rules.fields.iter().find(|field| field.number == number) else {
            if number < ANNOTATIONS {
                let why = "a newer version wrote it, or the file is damaged";
                return Err(Error::at(tag_at, format!("unknown field {number} in {}: {why}", rules.name)));
            }
            at = skip(raw, at, end, wire)?;
            continue;
        };
        let expected = wire_of(&field.kind);
        let packed = wire == 2 && expected != 2 && field.repeated;
        if wire != expected && !packed {
            let what = format!("field {} of {} has wire type {wire}, not {expected}", field.name, rules.name);
            return Err(Error::at(tag_at, what));
        }
        if !field.repeated {
            let bit = 1u64 << if field.oneof == 0 { number } else { field.oneof };
            if seen & bit != 0 {
                return Err(Error::at(tag_at, format!("{} has {} twice, or two of its kind", rules.name, field.name)));
            }
            seen |= bit;
        }
        if wire == 0 {
            at = number_of(raw, at, end, field)?;
        } else if wire != 2 {
            at = skip(raw, at, end, wire)?;
        } else {
            let (from, stop) = length(raw, at, end)?;
            at = from;
            if let Kind::Message(inner) = &field.kind {
                check(raw, from, stop, inner, depth + 1)?;
            } else if packed {
                while at < stop {
                    at = if expected == 0 { number_of(raw, at, stop, field)? } else { skip(raw, at, stop, expected)? };
                }
            }
            at = stop;
        }
    }
    Ok(())
}

fn wire_of(kind: &Kind) -> u64 {
    match kind {
        Kind::Fixed32 => 5,
        Kind::Fixed64 => 1,
        Kind::Bytes | Kind::Text | Kind::Message(_) => 2,
        Kind::Bool | Kind::U32 | Kind::U64 | Kind::Enum(_) => 0,
    }
}

fn number_of(raw: &[u8], at: usize, end: usize, field: &Field) -> Result<usize> {
    let (value, next) = varint(raw, at, end)?;
    let most = match field.kind {
        Kind::Bool => 1,
        Kind::U32 => u64::from(u32::MAX),
        Kind::Enum(last) => last,
        _ => LARGEST,
    };
    if value > most {
        let why = if matches!(field.kind, Kind::Enum(_)) { "a newer version wrote it, or the file is damaged" } else { "too large" };
        return Err(Error::at(at, format!("{} has the unknown value {value}: {why}", field.name)));
    }
    Ok(next)
}

pub(crate) fn varint(raw: &[u8], at: usize, end: usize) -> Result<(u64, usize)> {
    let mut value = 0;
    for i in 0..10 {
        if at + i >= end {
            return Err(Error::at(at, "a number is cut off"));
        }
        let byte = raw[at + i];
        if i == 9 && byte > 1 {
            break;
        }
        value |= u64::from(byte & 127) << (7 * i);
        if byte < 128 {
            return Ok((value, at + i + 1));
        }
    }
    Err(Error::at(at, "a number has more than 64 bits"))
}

fn length(raw: &[u8], at: usize, end: usize) -> Result<(usize, usize)> {
    let (value, next) = varint(raw, at, end)?;
    if value > (end - next) as u64 {
        return Err(Error::at(at, format!("{value} bytes are said to follow, there are {}", end - next)));
    }
    Ok((next, next + value as usize))
}

fn skip(raw: &[u8], at: usize, end: usize, wire: u64) -> Result<usize> {
    let size = match wire {
        0 => return Ok(varint(raw, at, end)?.1),
        2 => return Ok(length(raw, at, end)?.1),
        1 => 8,
        5 => 4,
        _ => return Err(Error::at(at, format!("a field of wire type {wire}"))),
    };
    if end - at < size {
        return Err(Error::at(at, format!("{size} bytes are cut off")));
    }
    Ok(at + size)
}

pub(crate) fn put_varint(out: &mut Vec<u8>, mut value: u64) {
    while value > 127 {
        out.push((value & 127) as u8 | 128);
        value >>= 7;
    }
    out.push(value as u8);
}
