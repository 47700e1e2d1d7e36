//! "Did you mean": the nearest of the names that would have been right.

/// Longer names are no slip of the pen; comparing takes the product of both lengths.
const LONGEST: usize = 100;

/// `; did you mean "..."?` with the nearest name, or nothing if no name is near.
pub fn nearest<'n>(name: &str, names: impl IntoIterator<Item = &'n str>) -> String {
    nearest_of(name, names).map_or_else(String::new, |name| format!("; did you mean \"{name}\"?"))
}

/// The nearest name, by Jaro-Winkler distance without regard to case; the last one of equals. A name of which more than a
/// third differs is not near, however alike the beginnings are (`delete` and `deviceType`), unless it is the beginning itself.
fn nearest_of<'n>(name: &str, names: impl IntoIterator<Item = &'n str>) -> Option<&'n str> {
    if name.len() > LONGEST {
        return None;
    }
    let name = name.to_lowercase();
    let likeness = |candidate: &str| strsim::jaro_winkler(&name, &candidate.to_lowercase());
    let is_near = |candidate: &str| {
        let candidate = candidate.to_lowercase();
        let longer = name.chars().count().max(candidate.chars().count());
        candidate.starts_with(&name) || strsim::damerau_levenshtein(&name, &candidate) * 3 <= longer
    };
    names
        .into_iter()
        .map(|candidate| (likeness(candidate), candidate))
        .filter(|(likeness, candidate)| *likeness > 0.8 && is_near(candidate))
        .max_by(|(a, _), (b, _)| a.total_cmp(b))
        .map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_of_the_pen_gets_a_suggestion_and_another_word_does_not() {
        let names = ["times", "skip", "probability"];
        assert_eq!(nearest("tiems", names), "; did you mean \"times\"?");
        assert_eq!(nearest("SKIP", names), "; did you mean \"skip\"?");
        assert_eq!(nearest("colour", names), "");
        assert_eq!(nearest("proba", names), "; did you mean \"probability\"?");
        assert_eq!(nearest("delete", ["deviceType", "id"]), "");
        assert_eq!(nearest("effectDate", ["effectiveDate", "expirationDate"]), "; did you mean \"effectiveDate\"?");
        assert_eq!(nearest(&"times".repeat(100), names), "");
    }
}
