//! Elements as numbers.

use std::marker::PhantomData;
use std::ops::Deref;

use crate::dtype::{is_ordered, itemsize_of};
use crate::error::{Error, Result};
use crate::v1::{ByteOrder, DType, Kind, TimeUnit};
use crate::view::View;

/// The bits of an IEEE 754 binary16.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Float16(pub u16);

impl Float16 {
    /// The number, exactly.
    pub fn to_f64(self) -> f64 {
        let sign = if self.0 & 0x8000 == 0 { 1.0 } else { -1.0 };
        let (exponent, fraction) = (i32::from(self.0 >> 10 & 31), f64::from(self.0 & 1023));
        match exponent {
            0 => sign * fraction * 2f64.powi(-24),
            31 if fraction != 0.0 => f64::NAN,
            31 => sign * f64::INFINITY,
            _ => sign * (1024.0 + fraction) * 2f64.powi(exponent - 25),
        }
    }
}

/// A complex number.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Complex<T> {
    /// Real part.
    pub real: T,
    /// Imaginary part.
    pub imaginary: T,
}

/// A count of the dtype's units since 1970; the smallest is NaT.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Datetime64(pub i64);

/// A count of the dtype's units; the smallest is NaT.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Timedelta64(pub i64);

/// The Rust type of an element: bool, integers, [`Float16`], f32, f64, [`Complex`] of these, [`Datetime64`], [`Timedelta64`].
pub trait Element: Copy + private::Sealed {
    /// Its kind of dtype.
    const KIND: Kind;
    #[doc(hidden)]
    fn get(raw: &[u8], big: bool) -> Self;
    #[doc(hidden)]
    fn put(self, out: &mut Vec<u8>);
}

mod private {
    pub trait Sealed {}
}

macro_rules! elements {
    ($($type:ty, $kind:ident, $bits:ty, $from:expr, $to:expr;)*) => {$(
        impl private::Sealed for $type {}
        impl Element for $type {
            const KIND: Kind = Kind::$kind;
            fn get(raw: &[u8], big: bool) -> Self {
                let mut bytes = [0; size_of::<$bits>()];
                bytes.copy_from_slice(raw);
                let from: fn($bits) -> $type = $from;
                from(if big { <$bits>::from_be_bytes(bytes) } else { <$bits>::from_le_bytes(bytes) })
            }
            fn put(self, out: &mut Vec<u8>) {
                let to: fn($type) -> $bits = $to;
                out.extend_from_slice(&to(self).to_le_bytes());
            }
        }
    )*};
}

elements! {
    bool, Bool, u8, |bits| bits != 0, u8::from;
    i8, Int8, i8, |bits| bits, |value| value;
    i16, Int16, i16, |bits| bits, |value| value;
    i32, Int32, i32, |bits| bits, |value| value;
    i64, Int64, i64, |bits| bits, |value| value;
    u8, Uint8, u8, |bits| bits, |value| value;
    u16, Uint16, u16, |bits| bits, |value| value;
    u32, Uint32, u32, |bits| bits, |value| value;
    u64, Uint64, u64, |bits| bits, |value| value;
    Float16, Float16, u16, Float16, |value| value.0;
    f32, Float32, u32, f32::from_bits, f32::to_bits;
    f64, Float64, u64, f64::from_bits, f64::to_bits;
    Datetime64, Datetime64, i64, Datetime64, |value| value.0;
    Timedelta64, Timedelta64, i64, Timedelta64, |value| value.0;
}

macro_rules! complex {
    ($($part:ty, $kind:ident;)*) => {$(
        impl private::Sealed for Complex<$part> {}
        impl Element for Complex<$part> {
            const KIND: Kind = Kind::$kind;
            fn get(raw: &[u8], big: bool) -> Self {
                let (real, imaginary) = raw.split_at(size_of::<$part>());
                Complex { real: <$part>::get(real, big), imaginary: <$part>::get(imaginary, big) }
            }
            fn put(self, out: &mut Vec<u8>) {
                self.real.put(out);
                self.imaginary.put(out);
            }
        }
    )*};
}

complex! {
    f32, Complex64;
    f64, Complex128;
}

pub(crate) fn dtype_of<T: Element>() -> DType {
    let mut out = DType { kind: T::KIND.into(), itemsize: itemsize_of(T::KIND).unwrap_or(0), ..Default::default() };
    if is_ordered(T::KIND) {
        out.byte_order = ByteOrder::Little.into();
    }
    if matches!(T::KIND, Kind::Datetime64 | Kind::Timedelta64) {
        out.time_unit = TimeUnit::Generic.into();
        out.time_multiple = 1;
    }
    out
}

/// A view whose elements are read as `T`.
#[derive(Clone, Debug)]
pub struct Numbers<'a, T> {
    view: View<'a>,
    big: bool,
    element: PhantomData<T>,
}

impl<'a, T> Deref for Numbers<'a, T> {
    type Target = View<'a>;
    fn deref(&self) -> &View<'a> {
        &self.view
    }
}

impl<'a, T: Element> Numbers<'a, T> {
    pub(crate) fn new(view: View<'a>) -> Result<Self> {
        let dtype = view.dtype();
        if dtype.kind() != T::KIND {
            let what = format!("elements of {} are no {}", dtype.kind().as_str_name(), std::any::type_name::<T>());
            return Err(Error::new(what));
        }
        let big = dtype.byte_order() == ByteOrder::Big;
        Ok(Numbers { view, big, element: PhantomData })
    }

    /// An element, also where it is masked.
    ///
    /// # Panics
    /// On an index out of range.
    pub fn at(&self, index: &[usize]) -> T {
        T::get(self.view.bytes(index), self.big)
    }

    /// All elements in C order, those beneath the mask too.
    pub fn values(&self) -> Vec<T> {
        self.indices().map(|index| self.at(&index)).collect()
    }

    /// All elements in C order with a value in place of those masked.
    pub fn filled(&self, fill: T) -> Vec<T> {
        self.indices().map(|index| if self.is_masked(&index) { fill } else { self.at(&index) }).collect()
    }
}
