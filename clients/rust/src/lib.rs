//! NumPy arrays and masked arrays as `masquerade.v1.File` messages: the `.pb` files that the TypeScript library, the Python package and
//! the clients in other languages exchange, byte for byte the same from each.
//!
//! [`File::load`] and [`File::from_bytes`] check everything a file says before they believe it; [`File::array`] finds an array,
//! [`Array::view`] is a strided view of its elements with their mask, and [`View::numbers`] reads them as numbers.
//! [`File::to_bytes`] and [`File::save`] write canonical files. [`File::load_blocks`] and [`File::save_blocks`] are the same for streams of blocks,
//! `.mqb`, of which [`BlockFile`] reads parts.
#![forbid(unsafe_code)]
#![warn(missing_docs)]

mod array;
mod blocks;
mod blocks_write;
mod dtype;
mod error;
mod file;
mod frames;
mod literal;
mod mask;
mod npy;
mod numbers;
mod plan;
mod read;
mod schema;
/// The messages of the schema, as prost generates them.
#[rustfmt::skip]
#[allow(missing_docs, clippy::all)]
pub mod v1;
mod view;
mod walk;
mod wire;
mod write;

pub use array::Array;
pub use blocks::BlockFile;
pub use blocks_write::{BlockOptions, Codec};
pub use error::Error;
pub use file::File;
pub use numbers::{Complex, Datetime64, Element, Float16, Numbers, Timedelta64};
pub use view::View;
pub use write::{Checksum, MaskEncoding, Options};
