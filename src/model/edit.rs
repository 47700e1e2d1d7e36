//! Changes that no vendor's operation makes: what a test puts into the state by hand.

use std::{collections::BTreeMap, sync::Arc};

use super::{DeviceGroup, Entitlement, MspEntitlement, Refusal, Revision, Store, Tenant, TenantId};

/// A purchase or a pool, for edits that treat both alike.
trait Purchase: Clone {
    fn id(&self) -> &Arc<str>;
    fn renamed(&self, id: Arc<str>) -> Self;
    fn end(&self) -> chrono::DateTime<chrono::Utc>;
}

impl Purchase for Entitlement {
    fn id(&self) -> &Arc<str> {
        &self.id
    }

    fn renamed(&self, id: Arc<str>) -> Self {
        Self { id, ..self.clone() }
    }

    fn end(&self) -> chrono::DateTime<chrono::Utc> {
        self.period.end
    }
}

impl Purchase for MspEntitlement {
    fn id(&self) -> &Arc<str> {
        &self.id
    }

    fn renamed(&self, id: Arc<str>) -> Self {
        Self { id, ..self.clone() }
    }

    fn end(&self) -> chrono::DateTime<chrono::Utc> {
        self.period.end
    }
}

impl Store {
    /// Adds a purchase of a tenant, or replaces the one with the same id; the licensing system
    /// has it from here on too, so that refreshes keep it.
    pub fn put_entitlement(&mut self, tenant: TenantId, row: &Entitlement) -> Result<(), Refusal> {
        self.edit(tenant, |tenant| {
            tenant.entitlements = with(&tenant.entitlements, row);
            upstream(tenant, |revision| revision.entitlements = with(&revision.entitlements, row));
        })
    }

    /// Puts a pool of an MSP in, like [`Self::put_entitlement`].
    pub fn put_msp_entitlement(&mut self, msp: TenantId, row: &MspEntitlement) -> Result<(), Refusal> {
        if self.tenant(msp).is_some_and(|tenant| !tenant.kind.is_msp()) {
            return Err(Refusal::NotMsp { id: msp });
        }
        self.edit(msp, |msp| {
            msp.msp_entitlements = with(&msp.msp_entitlements, row);
            upstream(msp, |revision| revision.msp_entitlements = with(&revision.msp_entitlements, row));
        })
    }

    /// Takes a purchase or a pool out, here and in the licensing system. Tells whether it was there.
    pub fn remove_purchase(&mut self, tenant: TenantId, id: &str) -> Result<bool, Refusal> {
        let mut found = false;
        self.edit(tenant, |tenant| {
            found = tenant.entitlements.iter().any(|row| &*row.id == id)
                || tenant.msp_entitlements.iter().any(|row| &*row.id == id);
            tenant.entitlements = without(&tenant.entitlements, id);
            tenant.msp_entitlements = without(&tenant.msp_entitlements, id);
            upstream(tenant, |revision| {
                revision.entitlements = without(&revision.entitlements, id);
                revision.msp_entitlements = without(&revision.msp_entitlements, id);
            });
        })?;
        Ok(found)
    }

    /// Replaces the devices of a tenant.
    pub fn set_devices(&mut self, tenant: TenantId, devices: Vec<DeviceGroup>) -> Result<(), Refusal> {
        self.edit(tenant, |tenant| tenant.devices = devices.into())
    }

    /// Makes a tenant like another one: devices, clients and purchases, those under new ids. Assignments
    /// stay with the old.
    pub fn clone_tenant(&mut self, from: TenantId, to: TenantId, name: &str) -> Result<(), Refusal> {
        let original = self.tenant(from).ok_or(Refusal::UnknownTenant { id: from })?;
        let mut copy = Tenant { id: to, name: name.into(), ..original.clone() };
        let mut names = self.new_purchase_ids();
        copy.entitlements = renamed(&copy.entitlements, &mut names);
        copy.msp_entitlements = renamed(&copy.msp_entitlements, &mut names);
        upstream(&mut copy, |revision| {
            revision.entitlements = renamed(&revision.entitlements, &mut names);
            revision.msp_entitlements = renamed(&revision.msp_entitlements, &mut names);
        });
        Arc::make_mut(&mut self.tenants).insert(to, Arc::new(copy));
        self.touch();
        Ok(())
    }

    /// New ids for purchases, above all that there are.
    fn new_purchase_ids(&self) -> NewIds {
        let all = self.tenants().flat_map(|tenant| {
            let coming = tenant.upstream.revisions.iter();
            let coming = coming.flat_map(|revision| ids_of(&revision.entitlements, &revision.msp_entitlements));
            ids_of(&tenant.entitlements, &tenant.msp_entitlements).chain(coming)
        });
        let number = |id: &Arc<str>| id.split_once('-').map_or(&**id, |(number, _)| number).parse().ok();
        // Ids of a fixture may be anything; those of another shape cannot be met again.
        let in_shape = |number: &u64| *number < 1_000_000_000;
        let last: u64 = all.filter_map(number).filter(in_shape).max().unwrap_or(358_889_500);
        NewIds { next: last + 1, known: BTreeMap::new() }
    }

    pub(super) fn edit(&mut self, tenant: TenantId, edit: impl FnOnce(&mut Tenant)) -> Result<(), Refusal> {
        edit(self.tenant_mut(tenant).ok_or(Refusal::UnknownTenant { id: tenant })?);
        self.touch();
        Ok(())
    }
}

/// New ids in the vendor's shape (observed: nine digits, a dash, a sequence); the same one for the same id.
struct NewIds {
    next: u64,
    known: BTreeMap<Arc<str>, Arc<str>>,
}

impl NewIds {
    fn of(&mut self, old: &Arc<str>) -> Arc<str> {
        let next = &mut self.next;
        let new = || {
            let sequence = old.split_once('-').map_or("1", |(_, sequence)| sequence);
            let id = format!("{next}-{sequence}");
            *next += 1;
            id.into()
        };
        Arc::clone(self.known.entry(Arc::clone(old)).or_insert_with(new))
    }
}

fn ids_of<'a>(
    entitlements: &'a [Entitlement],
    pools: &'a [MspEntitlement],
) -> impl Iterator<Item = &'a Arc<str>> + use<'a> {
    entitlements.iter().map(Purchase::id).chain(pools.iter().map(Purchase::id))
}

fn renamed<T: Purchase>(rows: &[T], names: &mut NewIds) -> Arc<[T]> {
    rows.iter().map(|row| row.renamed(names.of(row.id()))).collect()
}

fn with<T: Purchase>(rows: &[T], row: &T) -> Arc<[T]> {
    let others = rows.iter().filter(|other| other.id() != row.id()).cloned();
    let mut rows: Vec<T> = others.chain([row.clone()]).collect();
    rows.sort_by(|a, b| (a.end(), a.id()).cmp(&(b.end(), b.id())));
    rows.into()
}

fn without<T: Purchase>(rows: &[T], id: &str) -> Arc<[T]> {
    rows.iter().filter(|row| &**row.id() != id).cloned().collect()
}

fn upstream(tenant: &mut Tenant, edit: impl FnMut(&mut Revision)) {
    let mut revisions = tenant.upstream.revisions.to_vec();
    revisions.iter_mut().for_each(edit);
    tenant.upstream.revisions = revisions.into();
}
