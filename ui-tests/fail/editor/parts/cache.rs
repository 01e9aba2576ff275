// A plugin that provides the service.

#[plugin(name = "memory-cache", provides(dyn Cache))]
struct MemoryCache {
    entries: Vec<String>,
}

impl Cache for MemoryCache {
    fn size(&self) -> usize {
        self.entries.len()
    }
}
