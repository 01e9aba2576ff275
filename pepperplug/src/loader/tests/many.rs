//! As many files as nobody has.

use super::Folder;

#[tokio::test]
async fn ten_thousand_manifests_are_loaded() {
    let folder = Folder::new(&[]);
    for n in 0..10_000 {
        let text = format!("name = 'plugin-{n:05}'\n[settings]\nsize = {n}\nwords = ['a', 'b']\n");
        folder.write(&format!("{}/{n:05}.toml", n % 100), text);
    }
    let before = resident_bytes();
    let loaded = folder.load(folder.config()).await;
    let after = resident_bytes();
    assert_eq!(loaded.manifests().len(), 10_000);
    assert_eq!(folder.told(loaded.problems()), "");
    // About 2.4 KiB each, and other tests run beside this one.
    if let (Some(before), Some(after)) = (before, after) {
        let grown = after.saturating_sub(before);
        assert!(grown < 100 * 1024 * 1024, "{grown} bytes more");
    }
}

fn resident_bytes() -> Option<usize> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmRSS:"))?;
    let kib: usize = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kib * 1024)
}
