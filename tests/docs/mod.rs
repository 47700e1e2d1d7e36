//! The documents are true.

mod cookbook;
