//! What was observed: values, types, schemas and batches of records in columns.
//!
//! Pure data: no files, no clock, no rules. Layouts follow Arrow's: validity bitmaps, text as
//! views into one buffer, dictionary codes.

mod amount;
mod batch;
mod bitmap;
mod column;
mod schema;
mod value;

pub use amount::{Amount, AmountError};
pub use batch::{Batch, Origin};
pub use bitmap::Bitmap;
pub use column::{Column, Dictionary, ListColumn, TextColumn, Values, View};
pub use rust_decimal::Decimal;
pub use schema::{Element, Field, Schema, Type};
pub use value::{MICROS_PER_SECOND, Value};
