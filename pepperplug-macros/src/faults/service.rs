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
        r#"#[service("cache")] trait Cache: Send + Sync { type Item; fn get(&self) -> Self::Item; }"#,
        r#"#[service("cache")] trait Cache: Send + Sync { async fn get(&self); }"#,
        r#"#[service("cache")] trait Cache: Send + Sync { async fn get(&mut self, keys: Vec<&'static str>) -> Option<&str>; }"#,
        r#"#[service("cache")] trait Cache: Send + Sync { async fn get<'k>(&'k mut self, key: &mut [u8], n: Cow<'_, str>) -> Option<&'k str>; }"#,
        r#"#[service("cache")] trait Cache: Send + Sync { async fn get(self: Arc<Self>, key: String) -> u8; }"#,
        r#"#[service("cache")] trait Cache: Send + Sync { async fn get(&self, visit: &dyn for<'a> Fn(&'a str)) -> u8; }"#,
        r#"#[service("cache")] trait Cache: Send + Sync { async fn get_all_of_them(&self, keys: BTreeMap<String, Vec<String>>, limits: HashMap<String, (u32, u32)>) -> Vec<Option<String>>; }"#,
        r#"#[service("cache")] trait Sound: Send + Sync {
            type Kept where Self: Sized;
            fn new() -> Self where Self: Sized;
            fn get<'a>(&'a self, key: Self::Key) -> Option<&'a str>;
            fn take(self: Box<Self>) -> Option<Self::Key>;
        }"#,
    ]));
}
