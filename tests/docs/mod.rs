//! The documents are true.

mod cookbook;
mod reference;
