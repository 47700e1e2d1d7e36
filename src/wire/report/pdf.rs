//! A usage report as PDF.
