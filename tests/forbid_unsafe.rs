//! A crate that is as strict as crates get may declare every kind of item.

#![forbid(unsafe_code)]
#![deny(
    clippy::all,
    clippy::pedantic,
    missing_debug_implementations,
    missing_docs,
    rust_2018_idioms,
    unreachable_pub,
    unused
)]

use std::sync::atomic::{AtomicU32, Ordering};

use pepperplug::prelude::*;
use pepperplug::{AppStartup, Error};
use serde::Deserialize;

/// An event in mode notify.
#[event("order.placed", timeout = "5s", retries = 1, on_error = fail)]
#[derive(Debug)]
pub struct OrderPlaced {
    /// How many.
    pub amount: u32,
}

/// An event in mode collect, as an enum.
#[event("price.asked", mode = collect, output = u32)]
#[derive(Debug)]
pub enum PriceAsked {
    /// Of one.
    One,
    /// Of several.
    Several(u32),
}

/// An event in mode first.
#[event("owner.asked", mode = first, output = String, sync)]
#[derive(Debug)]
pub struct OwnerAsked;

/// An event in mode transform.
#[event("order.priced", mode = transform)]
#[derive(Debug)]
pub struct OrderPriced(u32);

/// A service.
#[service("stock")]
pub trait Stock: Send + Sync {
    /// How many there are.
    fn count(&self) -> u32;
}

/// A service that one plugin provides at most.
#[service("ledger", single)]
pub trait Ledger: Send + Sync {
    /// Takes note.
    fn add(&self, amount: u32);
}

/// The settings of [`Shop`].
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct ShopSettings {
    price: u32,
}

/// A plugin without fields.
#[plugin(
    name = "warehouse",
    version = "1.2.3",
    description = "Knows",
    provides(dyn Stock),
    timeout = "1s",
    optional
)]
#[derive(Debug)]
pub struct Warehouse;

impl Stock for Warehouse {
    fn count(&self) -> u32 {
        7
    }
}

/// A plugin that is a tuple.
#[plugin(name = "books", provides(dyn Ledger))]
#[derive(Debug)]
pub struct Books(AtomicU32, #[inject] Lazy<Shop>);

impl Ledger for Books {
    fn add(&self, amount: u32) {
        self.0.fetch_add(amount, Ordering::Relaxed);
    }
}

/// A plugin with every kind of field, method and hook.
#[plugin(name = "shop", requires("books"), settings = "shop")]
pub struct Shop {
    #[inject]
    books: Arc<Books>,
    #[inject]
    ledger: Arc<dyn Ledger>,
    #[inject("warehouse", version = "^1.2")]
    warehouse: Option<Arc<Warehouse>>,
    #[inject]
    stocks: Vec<Arc<dyn Stock>>,
    #[inject]
    events: Events,
    #[inject(settings)]
    settings: ShopSettings,
    #[init(vec![1, 2])]
    list: Vec<u32>,
    cleaned: bool,
}

impl std::fmt::Debug for Shop {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Shop").finish_non_exhaustive()
    }
}

#[plugin]
impl Shop {
    async fn initialize(&mut self) -> Result<(), Error> {
        tokio::task::yield_now().await;
        self.list.push(3);
        Ok(())
    }

    fn cleanup(&self) {
        assert!(!self.cleaned);
    }

    async fn reconfigure(&self, settings: ShopSettings) {
        tokio::task::yield_now().await;
        assert_ne!(settings.price, self.settings.price);
    }

    #[hook("order.placed", priority = high, before = "count-orders", timeout = "2s")]
    async fn on_order(&self, order: &OrderPlaced, ctx: &EventContext<'_>) -> Result<(), Error> {
        let mut priced = OrderPriced(order.amount);
        ctx.emit(&mut priced).await?;
        self.ledger.add(priced.0);
        Ok(())
    }

    #[hook("order.priced")]
    fn price(&self, priced: &mut OrderPriced) {
        priced.0 *= self.settings.price;
    }

    #[hook("order.priced", priority = low)]
    async fn discount(&self, priced: &mut OrderPriced) {
        tokio::task::yield_now().await;
        priced.0 -= 1;
    }

    #[hook("price.asked", parallel)]
    fn tell_price(&self, asked: &PriceAsked) -> u32 {
        match asked {
            PriceAsked::One => self.settings.price,
            PriceAsked::Several(several) => self.settings.price * several,
        }
    }

    #[hook("price.asked", parallel, on_error = ignore)]
    async fn tell_sum(&self, _: &PriceAsked) -> Result<u32, Error> {
        self.events.emit(&OrderPlaced { amount: 1 }).await?;
        Ok(self.list.iter().sum())
    }

    #[hook("owner.asked")]
    fn owner(&self, _: &OwnerAsked) -> Option<String> {
        self.warehouse.as_ref().map(|_| "ada".to_owned())
    }

    #[hook("order.*")]
    fn watch(&self, ctx: &EventContext<'_>) {
        assert!(!self.cleaned && ctx.event().starts_with("order."));
    }
}

/// A function that is a hook.
#[hook("order.placed")]
pub async fn count_orders(order: &OrderPlaced, books: Arc<Books>, stocks: Vec<Arc<dyn Stock>>) {
    tokio::task::yield_now().await;
    let stock: u32 = stocks.iter().map(|stock| stock.count()).sum();
    books.add(order.amount * 1000 * stock);
}

#[hook("app.startup")]
fn check(_: &AppStartup, #[inject(settings)] settings: &ShopSettings) {
    assert_eq!(settings.price, 0);
}

static PLUGINS: PluginSet = plugins![
    Shop,
    #[cfg(not(any()))]
    Warehouse,
    Books,
    count_orders,
    check,
];

#[tokio::test]
async fn all_of_it_compiles_and_runs() -> Result<(), Error> {
    let manager = PluginManager::builder()
        .plugins(&PLUGINS)
        .settings(Settings::from_toml("[shop]\nprice = 5")?)
        .build()?;
    manager.initialize().await?;
    manager.emit(&OrderPlaced { amount: 2 }).await?;
    let shop = manager.get::<Shop>()?;
    assert_eq!(shop.books.0.load(Ordering::Relaxed), 2 * 5 - 1 + 14_000);
    assert!(Arc::ptr_eq(&shop.books.1.get()?, &shop));
    assert_eq!(shop.stocks.len(), 1);
    let answers = |results: Vec<pepperplug::HookResult<u32>>| -> Vec<u32> {
        results.into_iter().filter_map(|r| r.outcome.ok()).collect()
    };
    assert_eq!(
        answers(manager.emit(&PriceAsked::Several(3)).await?),
        [15, 6]
    );
    assert_eq!(answers(manager.emit(&PriceAsked::One).await?), [5, 6]);
    assert_eq!(manager.emit_sync(&OwnerAsked)?.as_deref(), Some("ada"));
    manager.shutdown().await
}
