//! The parts of the schema of which an application shows only the whole.

use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde_json::json;

use crate::Secret;

#[derive(JsonSchema)]
#[allow(dead_code, reason = "only described")]
struct Database {
    user: String,
    password: Secret<String>,
    key: Option<Secret<String>>,
}

#[test]
fn a_secret_is_described_as_what_it_hides() {
    let generator = SchemaSettings::draft2020_12().into_generator();
    let schema = generator.into_root_schema_for::<Database>().to_value();
    let properties = &schema["properties"];
    assert_eq!(
        properties["password"],
        json!({ "type": "string", "writeOnly": true })
    );
    assert_eq!(properties["key"]["writeOnly"], true);
    assert_eq!(schema["required"], json!(["user", "password"]));
}
