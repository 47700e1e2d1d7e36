//! A scenario that a test writes itself, into a directory that goes when the test ends.

use std::{
    collections::BTreeMap,
    fs,
    path::PathBuf,
    process,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use r1_entitlements_mock::scenario::{Catalog, Finding, LoadError, Scenario};
use serde_json::{Value, json};

use super::{
    COMPANY, CUSTOMER, CUSTOMER_2, MSP,
    app::{App, frozen},
};

/// Another MSP than [`MSP`].
pub const OTHER_MSP: &str = "a0000000000000000000000000000002";

/// The files of a scenario.
pub struct Fixture {
    files: BTreeMap<&'static str, Vec<u8>>,
}

static WRITTEN: AtomicUsize = AtomicUsize::new(0);

impl Fixture {
    /// A small whole scenario: two MSPs with a customer and a pool of 100 each, and a company.
    pub fn new() -> Self {
        let tenant = |id: &str, kind: &str| json!({ "id": id, "name": id, "type": kind, "entitlementId": "140360222" });
        let customer = |id: &str, parent: &str| json!({ "id": id, "name": id, "type": "MSP_EC", "parent": parent, "entitlementId": "140360223" });
        let pool = |id: &str| json!([{ "id": id, "deviceType": "MSP_APSW", "sku": "CLD-PROF-APSW-MSP1", "quantity": 100, "effectiveDate": "today-100d", "expirationDate": "today+264d" }]);
        let assignment = |id: i64, msp: &str, customer: &str| json!({ "id": id, "mspTenantId": msp, "mspEcTenantId": customer, "deviceType": "MSP_APSW", "quantity": 40, "dateEffective": "today-10d", "dateExpires": "today+90d" });
        Self { files: BTreeMap::new() }
            .with("scenario.json", json!({ "title": "t", "description": "d", "defaultTenant": MSP }))
            .with(
                "tenants.json",
                json!([
                    tenant(MSP, "MSP"),
                    tenant(OTHER_MSP, "VAR"),
                    tenant(COMPANY, "REC"),
                    customer(CUSTOMER, MSP),
                    customer(CUSTOMER_2, OTHER_MSP),
                ]),
            )
            .with("msp-entitlements.json", json!({ MSP: pool("358880001-1"), OTHER_MSP: pool("358880002-1") }))
            .with("assignments.json", json!([assignment(1, MSP, CUSTOMER), assignment(2, OTHER_MSP, CUSTOMER_2)]))
    }

    /// With a file; it replaces another of the same name.
    pub fn with(self, file: &'static str, content: Value) -> Self {
        self.with_text(file, content.to_string())
    }

    /// With a file that need not be JSON.
    pub fn with_text(self, file: &'static str, content: impl Into<String>) -> Self {
        self.with_bytes(file, content.into())
    }

    /// With a file that need not be text.
    pub fn with_bytes(mut self, file: &'static str, content: impl Into<Vec<u8>>) -> Self {
        self.files.insert(file, content.into());
        self
    }

    /// With only a company: its devices, features and purchases.
    pub fn company(devices: &Value, features: &[&str], purchases: Value) -> Self {
        let tenant = json!({ "id": COMPANY, "name": "n", "type": "REC", "entitlementId": "1", "devices": devices, "features": features });
        Self { files: BTreeMap::new() }
            .with("scenario.json", json!({ "title": "t", "description": "d", "defaultTenant": COMPANY }))
            .with("tenants.json", json!([tenant]))
            .with("entitlements.json", json!({ COMPANY: purchases }))
    }

    /// A simulator of it, under a frozen clock.
    pub fn app(&self) -> App {
        App::of(self.load().unwrap().0, frozen())
    }

    /// Without a file.
    pub fn without(mut self, file: &str) -> Self {
        self.files.remove(file);
        self
    }

    /// Written down.
    pub fn write(&self) -> Directory {
        let number = WRITTEN.fetch_add(1, Ordering::Relaxed);
        let path = std::env::temp_dir().join(format!("r1mock-test-{}-{number}", process::id()));
        fs::create_dir_all(&path).unwrap();
        for (name, content) in &self.files {
            fs::write(path.join(name), content).unwrap();
        }
        Directory { path }
    }

    /// Loaded, with notes.
    pub fn load(&self) -> Result<(Arc<Scenario>, Vec<Finding>), LoadError> {
        let directory = self.write();
        Catalog::default().load_with_notes(directory.path.to_str().unwrap())
    }
}

/// A directory that goes when the test ends.
pub struct Directory {
    pub path: PathBuf,
}

impl Directory {
    /// The name under which [`Directory::catalog`] has it.
    pub fn name(&self) -> &str {
        self.path.file_name().unwrap().to_str().unwrap()
    }

    /// A catalog of which it is a scenario.
    pub fn catalog(&self) -> Catalog {
        Catalog::new(self.path.parent().map(Into::into)).unwrap()
    }
}

impl Drop for Directory {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.path);
    }
}
