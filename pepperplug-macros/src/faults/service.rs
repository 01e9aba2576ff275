//! Services.

use super::reports;

#[test]
fn services() {
    insta::assert_snapshot!(reports(&[
        r#"#[service] trait Cache: Send + Sync {}"#,
        r#"#[service("Cache")] trait Cache: Send + Sync {}"#,
        r#"#[service("cache")] struct Cache;"#,
        r#"#[service("cache")] trait Cache<T>: Send + Sync {}"#,
        r#"#[service("cache")] trait Cache {}"#,
        r#"#[service("cache")] trait Cache: Send {}"#,
        r#"#[service("cache")] trait Sound: std::marker::Send + Sync {}"#,
        r#"#[service("cache")] trait Sound: Debug {}"#,
    ]));
}
