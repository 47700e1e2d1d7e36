//! Rows as they are captured: what the simulator computes, and what repeats another member, is taken out with a note.

use serde_json::{Map, Number, Value};

use super::{
    check::Findings,
    format::{ASSIGNMENTS, ENTITLEMENTS, MSP_ENTITLEMENTS},
};
use crate::model::LicenseType;

/// Takes absent values (`null`), computed members and repetitions out of the rows of a file.
pub fn tidy(value: &mut Value, computed: &[&str], file: &str, findings: &mut Findings) {
    Tidy { computed, file, findings }.value(value, "$");
}

/// `100.0` is 100.
fn make_whole(number: &mut Number) {
    let float = number.as_f64().filter(|float| number.is_f64() && float.fract() == 0.0 && float.abs() < EXACT);
    if let Some(float) = float {
        #[allow(clippy::cast_possible_truncation, reason = "it is whole and exact")]
        let whole = float as i64;
        *number = whole.into();
    }
}

/// Whole numbers below this are exact as floating points.
const EXACT: f64 = 9_007_199_254_740_992.0;

struct Tidy<'a> {
    computed: &'a [&'a str],
    file: &'a str,
    findings: &'a mut Findings,
}

impl Tidy<'_> {
    fn value(&mut self, value: &mut Value, path: &str) {
        match value {
            Value::Array(items) => {
                for (index, item) in items.iter_mut().enumerate() {
                    self.value(item, &format!("{path}[{index}]"));
                }
            }
            Value::Object(fields) => self.object(fields, path),
            Value::Number(number) => make_whole(number),
            Value::Null | Value::Bool(_) | Value::String(_) => {}
        }
    }

    fn object(&mut self, fields: &mut Map<String, Value>, path: &str) {
        let dropped: Vec<&str> = self.computed.iter().copied().filter(|name| fields.contains_key(*name)).collect();
        if !dropped.is_empty() {
            self.findings.note(self.file, path, format!("{} ignored: the simulator computes it", dropped.join(", ")));
        }
        fields.retain(|name, value| !value.is_null() && !self.computed.contains(&name.as_str()));
        if [ENTITLEMENTS, MSP_ENTITLEMENTS, ASSIGNMENTS].contains(&self.file) {
            self.drop_repetitions(fields, path);
        }
        for (name, item) in fields.iter_mut() {
            self.value(item, &format!("{path}.{name}"));
        }
    }

    /// Captured rows can have the device type as their sub type too, and rows of assignments the licensing model
    /// beside the device type (observed in test data of the vendor's UI).
    fn drop_repetitions(&mut self, fields: &mut Map<String, Value>, path: &str) {
        let Some(device_type) = fields.get("deviceType").cloned() else { return };
        if fields.get("deviceSubType") == Some(&device_type) {
            fields.remove("deviceSubType");
            self.findings.note(self.file, path, "deviceSubType ignored: it repeats the device type");
        }
        let is_model = |word: &Value| word.as_str().is_some_and(|word| word.parse::<LicenseType>().is_ok());
        if self.file == ASSIGNMENTS && fields.get("licenseType").is_some_and(is_model) {
            fields.remove("licenseType");
            self.findings.note(self.file, path, "licenseType ignored: the device type says what it is");
        }
    }
}
