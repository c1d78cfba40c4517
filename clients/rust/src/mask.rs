//! Masks as buffers hold them.

use crate::error::{Error, Result};
use crate::v1::MaskEncoding;
use crate::wire::{put_varint, varint};

/// The bytes of a buffer for bools of a byte each.
pub(crate) fn encode(bools: &[u8], encoding: MaskEncoding) -> Vec<u8> {
    match encoding {
        MaskEncoding::Packed => {
            let mut out = vec![0; bools.len().div_ceil(8)];
            for (i, &bool) in bools.iter().enumerate() {
                out[i / 8] |= u8::from(bool != 0) << (i % 8);
            }
            out
        }
        MaskEncoding::RunLength => {
            let mut out = Vec::new();
            let mut masked = false;
            let mut rest = bools;
            while !rest.is_empty() {
                let run = rest.iter().position(|&bool| (bool != 0) != masked).unwrap_or(rest.len());
                put_varint(&mut out, run as u64);
                rest = &rest[run..];
                masked = !masked;
            }
            out
        }
        _ => bools.iter().map(|&bool| u8::from(bool != 0)).collect(),
    }
}

/// Bools of a byte each. Refuses bytes that do not hold exactly `count` of them.
pub(crate) fn decode(raw: &[u8], encoding: MaskEncoding, count: usize) -> Result<Vec<u8>> {
    let wrong = |what: &str| Error::new(format!("a mask of {count} bools in {} bytes: {what}", raw.len()));
    match encoding {
        MaskEncoding::Raw if raw.len() != count => Err(wrong("raw, that is another number")),
        MaskEncoding::Raw if raw.iter().any(|&bool| bool > 1) => Err(wrong("a bool is neither 0 nor 1")),
        MaskEncoding::Raw => Ok(raw.to_vec()),
        MaskEncoding::Packed if raw.len() != count.div_ceil(8) => Err(wrong("packed, that is another number")),
        MaskEncoding::Packed if count % 8 != 0 && raw[raw.len() - 1] >> (count % 8) != 0 => Err(wrong("bits after the last bool are set")),
        MaskEncoding::Packed => Ok((0..count).map(|i| raw[i / 8] >> (i % 8) & 1).collect()),
        MaskEncoding::RunLength => runs(raw, count).ok_or_else(|| wrong("the runs are no such mask")),
        MaskEncoding::Unspecified => Err(wrong("it does not say its encoding")),
    }
}

fn runs(raw: &[u8], count: usize) -> Option<Vec<u8>> {
    let mut out = Vec::new();
    let (mut at, mut masked) = (0, 0);
    while at < raw.len() {
        let (run, next) = varint(raw, at, raw.len()).ok()?;
        if (run == 0 && at > 0) || run > (count - out.len()) as u64 {
            return None;
        }
        out.resize(out.len() + run as usize, masked);
        masked ^= 1;
        at = next;
    }
    (out.len() == count).then_some(out)
}
