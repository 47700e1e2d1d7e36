//! Words for true and false in parameters.

/// True or false, in the spellings that the vendor's framework reads (inferred: error bodies show Spring, whose converter
/// takes these words in any case). None for another word.
pub fn boolean(word: &str) -> Option<bool> {
    match word.trim().to_ascii_lowercase().as_str() {
        "true" | "1" | "yes" | "on" => Some(true),
        "false" | "0" | "no" | "off" => Some(false),
        _ => None,
    }
}
