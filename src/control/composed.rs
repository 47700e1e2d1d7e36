//! Objects that are made of several schemas, in the OpenAPI document. A part that allows no other members would refuse those
//! of the other parts; so each such part is written out, without that rule.

use utoipa::openapi::{OpenApi, RefOr, Schema, schema::AdditionalProperties};

use crate::support::nullability::SCHEMAS;

/// Lets each part of an object allow the members of the others.
pub(super) fn open_parts(document: &mut OpenApi) {
    let Some(components) = &mut document.components else { return };
    let schemas = components.schemas.clone();
    for whole in components.schemas.values_mut() {
        let RefOr::T(Schema::AllOf(whole)) = whole else { continue };
        for part in &mut whole.items {
            let RefOr::Ref(reference) = part else { continue };
            let name = reference.ref_location.strip_prefix(SCHEMAS).unwrap_or_default();
            let Some(RefOr::T(Schema::Object(own))) = schemas.get(name) else { continue };
            if matches!(own.additional_properties.as_deref(), Some(AdditionalProperties::FreeForm(false))) {
                let mut own = own.clone();
                own.additional_properties = None;
                *part = own.into();
            }
        }
    }
}
