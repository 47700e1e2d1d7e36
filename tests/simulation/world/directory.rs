//! The scenario files of a world, and what may be wrong with them.

use std::{
    fs,
    path::PathBuf,
    sync::atomic::{AtomicUsize, Ordering},
};

use serde_json::{Value, json};

use super::{COMPANY, CUSTOMERS, MSP};

/// A directory of scenarios with one scenario, `mine`.
pub(super) struct Directory(pub(super) PathBuf);

/// What is wrong with a file of the scenario.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Damage {
    None,
    NotJson,
    Gone,
    /// A directory is where the file should be, so that reading it fails.
    Directory,
}

static DIRECTORIES: AtomicUsize = AtomicUsize::new(0);

impl Directory {
    pub(super) fn new() -> Self {
        let number = DIRECTORIES.fetch_add(1, Ordering::Relaxed);
        let path = std::env::temp_dir().join(format!("r1mock-world-{}-{number}", std::process::id()));
        let directory = Self(path);
        fs::create_dir_all(directory.0.join("mine")).unwrap();
        for (name, content) in files() {
            fs::write(directory.0.join("mine").join(name), content.to_string()).unwrap();
        }
        directory
    }

    pub(super) fn damage(&self, damage: Damage) {
        let file = self.0.join("mine/tenants.json");
        // It may be a file, a directory or nothing.
        let _ = fs::remove_file(&file);
        let _ = fs::remove_dir(&file);
        match damage {
            Damage::None => fs::write(&file, files()[1].1.to_string()).unwrap(),
            Damage::NotJson => fs::write(&file, "[{\"id\":").unwrap(),
            Damage::Gone => {}
            Damage::Directory => fs::create_dir(&file).unwrap(),
        }
    }
}

impl Drop for Directory {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// The files of a small scenario: an MSP with two pools and two customers, and a company.
fn files() -> [(&'static str, Value); 6] {
    let tenant = |id: &str, kind: &str, more: Value| {
        let mut tenant = json!({ "id": id, "name": id, "type": kind, "entitlementId": "140360222" });
        tenant.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        tenant
    };
    let pool = |id: &str, quantity: i64, from: &str, to: &str| json!({ "id": id, "deviceType": "MSP_APSW", "sku": "CLD-PROF-APSW-MSP1", "quantity": quantity, "effectiveDate": from, "expirationDate": to });
    let purchase = |id: &str, quantity: i64, to: &str| json!({ "id": id, "deviceType": "WIFI", "sku": "CLD-RKWF-1001", "quantity": quantity, "effectiveDate": "today-300d", "expirationDate": to });
    let devices = json!({ "devices": [{ "deviceType": "WIFI", "count": 30 }, { "deviceType": "SWITCH", "count": 5, "installedDate": "today+9d" }] });
    [
        ("scenario.json", json!({ "title": "t", "description": "d", "defaultTenant": MSP })),
        (
            "tenants.json",
            json!([
                tenant(MSP, "MSP", json!({})),
                tenant(COMPANY, "REC", devices.clone()),
                tenant(CUSTOMERS[0], "MSP_EC", json!({ "parent": MSP, "devices": devices["devices"] })),
                tenant(CUSTOMERS[1], "MSP_EC", json!({ "parent": MSP })),
            ]),
        ),
        (
            "msp-entitlements.json",
            json!({ MSP: [pool("1-1", 300, "today-100d", "today+3000d"), pool("1-2", 60, "today-9d", "today+30d")] }),
        ),
        (
            "entitlements.json",
            json!({ COMPANY: [purchase("2-1", 20, "today+20d"), purchase("2-2", 25, "today+200d")] }),
        ),
        (
            "licensing.json",
            json!({
                MSP: [{ "change": [{ "id": "1-1", "quantity": 350 }] }, { "remove": ["1-2"] }],
                COMPANY: [{ "putEntitlements": [purchase("2-3", 5, "today+400d")] }],
            }),
        ),
        (
            "assignments.json",
            json!([{ "id": 1, "mspTenantId": MSP, "mspEcTenantId": CUSTOMERS[0], "deviceType": "MSP_APSW", "quantity": 40, "dateEffective": "today-10d", "dateExpires": "today+90d" }]),
        ),
    ]
}
