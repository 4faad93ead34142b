//! The tables' keys and index, as `infra/data.yaml` must define them too.

use aws_sdk_dynamodb::{
    Client,
    types::{
        AttributeDefinition, BillingMode, GlobalSecondaryIndex, KeySchemaElement, KeyType, Projection,
        ProjectionType, ScalarAttributeType,
    },
};

use crate::{StoreError, Tables};

/// The sparse index of what waits: items without a lane are not in it.
pub const DUE_INDEX: &str = "due";

pub(crate) async fn create(client: &Client, tables: &Tables) -> Result<(), StoreError> {
    for (table, has_due_index) in [
        (&tables.submissions, true),
        (&tables.disclosures, false),
        (&tables.settings, false),
        (&tables.tokens, false),
    ] {
        create_table(client, table, has_due_index).await?;
    }
    Ok(())
}

async fn create_table(client: &Client, table: &str, has_due_index: bool) -> Result<(), StoreError> {
    let mut request = client
        .create_table()
        .table_name(table)
        .billing_mode(BillingMode::PayPerRequest)
        .set_key_schema(Some(vec![key("pk", KeyType::Hash)?, key("sk", KeyType::Range)?]))
        .attribute_definitions(attribute("pk", ScalarAttributeType::S)?)
        .attribute_definitions(attribute("sk", ScalarAttributeType::S)?);
    if has_due_index {
        request = request
            .attribute_definitions(attribute("lane", ScalarAttributeType::S)?)
            .attribute_definitions(attribute("due_at", ScalarAttributeType::N)?)
            .global_secondary_indexes(
                GlobalSecondaryIndex::builder()
                    .index_name(DUE_INDEX)
                    .set_key_schema(Some(vec![key("lane", KeyType::Hash)?, key("due_at", KeyType::Range)?]))
                    .projection(
                        Projection::builder()
                            .projection_type(ProjectionType::Include)
                            .non_key_attributes("state")
                            .build(),
                    )
                    .build()
                    .map_err(incomplete)?,
            );
    }
    match request.send().await.map_err(aws_sdk_dynamodb::error::SdkError::into_service_error) {
        Ok(_) => Ok(()),
        Err(error) if error.is_resource_in_use_exception() => Ok(()),
        Err(error) => Err(StoreError::from_engine(&error)),
    }
}

fn key(name: &str, kind: KeyType) -> Result<KeySchemaElement, StoreError> {
    KeySchemaElement::builder().attribute_name(name).key_type(kind).build().map_err(incomplete)
}

fn attribute(name: &str, kind: ScalarAttributeType) -> Result<AttributeDefinition, StoreError> {
    AttributeDefinition::builder().attribute_name(name).attribute_type(kind).build().map_err(incomplete)
}

pub(crate) fn incomplete(error: aws_sdk_dynamodb::error::BuildError) -> StoreError {
    StoreError::Unavailable(error.to_string())
}
