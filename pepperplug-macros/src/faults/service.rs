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

#[test]
fn dyn_compatible() {
    insta::assert_snapshot!(reports(&[
        r#"#[service("cache")] trait Cache: Send + Sync + Clone {}"#,
        r#"#[service("cache")] trait Cache: Send + Sync { const SIZE: usize; }"#,
        r#"#[service("cache")] trait Cache: Send + Sync { type Guard<'a>; }"#,
        r#"#[service("cache")] trait Cache: Send + Sync { fn new() -> Self; }"#,
        r#"#[service("cache")] trait Cache: Send + Sync { async fn get(&self, key: &str) -> u32; }"#,
        r#"#[service("cache")] trait Cache: Send + Sync { fn get(&self) -> impl Future<Output = u32>; }"#,
        r#"#[service("cache")] trait Cache: Send + Sync { fn get<K: Key, const N: usize>(&self, key: &K); }"#,
        r#"#[service("cache")] trait Cache: Send + Sync { fn get(&self, key: &impl Key); }"#,
        r#"#[service("cache")] trait Cache: Send + Sync { fn merge(&self, other: Vec<&Self>); }"#,
        r#"#[service("cache")] trait Sound: Send + Sync {
            fn new() -> Self where Self: Sized;
            fn get<'a>(&'a self, key: Self::Key) -> Option<&'a str>;
            fn take(self: Box<Self>) -> Option<Self::Key>;
        }"#,
    ]));
}
