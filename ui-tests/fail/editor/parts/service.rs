// A service.

#[service("cache")]
trait Cache: Send + Sync {
    fn size(&self) -> usize;
}
