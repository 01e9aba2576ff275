//! The page in a browser, as a person sees it.

#![allow(
    missing_debug_implementations,
    missing_docs,
    unreachable_pub,
    reason = "plugins that nobody else uses"
)]

mod shop;

use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use serde_json::Value;
use shop::Application;
use tempfile::TempDir;
use thirtyfour::prelude::*;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

/// A browser without a screen, and what drives it. Both end with this.
struct Browser {
    driver: WebDriver,
    _server: Child,
    _profile: TempDir,
}

fn program(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    let files = std::env::split_paths(&path).map(|folder| folder.join(name));
    files.into_iter().find(|file| file.is_file())
}

impl Browser {
    /// None where there is no Chromium.
    async fn start() -> Option<Self> {
        let driver = program("chromedriver")?;
        // As Debian names it, and as others do.
        let mut names = ["chromium", "chromium-browser", "google-chrome"].into_iter();
        let chromium = names.find_map(program)?;
        let mut server = Command::new(driver)
            .arg("--port=0")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .expect("it runs");
        let mut lines = BufReader::new(server.stdout.take().expect("piped")).lines();
        let port = loop {
            let line = lines.next_line().await.expect("text");
            let line = line.expect("it says where it listens");
            if let Some((_, port)) = line.split_once("started successfully on port ") {
                break port.trim_end_matches('.').to_owned();
            }
        };
        let profile = TempDir::new().expect("a folder");
        let mut wanted = DesiredCapabilities::chrome();
        wanted
            .set_binary(chromium.to_str().expect("text"))
            .expect("a path");
        // Without a sandbox, which root is not given; the only page that it opens is ours.
        for argument in [
            "--headless=new",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-dev-shm-usage",
            "--window-size=1400,1000",
            &format!("--user-data-dir={}", profile.path().display()),
        ] {
            wanted.add_arg(argument).expect("an argument");
        }
        let driver = WebDriver::new(&format!("http://127.0.0.1:{port}"), wanted).await;
        Some(Self {
            driver: driver.expect("the browser starts"),
            _server: server,
            _profile: profile,
        })
    }

    async fn ask(&self, script: &str) -> Value {
        let answer = self.driver.execute(script, Vec::new()).await;
        answer.expect(script).json().clone()
    }

    /// Waits until the page says so, as long as a slow machine may need.
    async fn sees(&self, script: &str, expected: &str) {
        let mut last = Value::Null;
        for _ in 0..600 {
            last = self.ask(script).await;
            if last.as_str() == Some(expected) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        let text = self.ask("return document.body.innerText").await;
        panic!("{script}\nis {last}, and not {expected:?}, on\n{text}");
    }

    /// The class of a plugin in the graph: its state.
    async fn sees_state(&self, plugin: &str, state: &str) {
        let script = format!(
            "return document.querySelector('#picture').shadowRoot\
             .querySelector('[data-plugin={plugin}]')?.classList[1] ?? 'nothing'"
        );
        self.sees(&script, state).await;
    }

    async fn click(&self, element: &str) {
        let found = self.driver.find(By::Css(element)).await.expect(element);
        found.click().await.expect(element);
    }
}

fn hook_cell(hook: &str, column: usize) -> String {
    format!(
        "return document.querySelector('[data-event=\"order.placed\"][data-hook={hook}]')?.cells[{column}].innerText"
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn inspector_in_a_browser() {
    let Some(browser) = Browser::start().await else {
        eprintln!("\nskipped inspector_in_a_browser: no chromium and chromedriver in PATH");
        return;
    };
    let app = Application::start().await;
    browser
        .driver
        .goto(format!("{}/_plugins", app.url))
        .await
        .expect("it opens");

    // The plugins in the graph, with their states.
    browser.sees_state("shop", "ready").await;
    browser.sees_state("mail", "failed").await;
    let label = "return document.querySelector('#picture').shadowRoot.querySelector('[data-plugin=mail]').ariaLabel";
    browser.sees(label, "mail, failed").await;
    let reason = "return document.querySelector('#plugin-rows [data-plugin=mail]').innerText.includes('mail.example:25 does not answer') + ''";
    browser.sees(reason, "true").await;

    // An event, as it comes, and what became of its hooks.
    browser.sees(&hook_cell("pack", 1), "0").await;
    app.order("pepper").await;
    let newest = "return document.querySelector('#event-list li.emitted .data')?.innerText";
    browser.sees(newest, "{\"item\":\"pepper\"}").await;
    browser.sees(&hook_cell("pack", 1), "1").await;
    browser.sees(&hook_cell("pack", 2), "0").await;
    assert!(!app.order("nothing").await);
    browser.sees(&hook_cell("pack", 2), "1").await;
    let failed =
        "return document.querySelector('#event-list li.failed .fault')?.innerText.split(' (')[0]";
    browser
        .sees(failed, "ignored: there is nobody to say thank you")
        .await;

    // One that was taken out, and put back.
    let taken_out =
        "return document.querySelector('[data-hook=thank] button')?.innerText ?? 'none'";
    browser.sees(taken_out, "Enable again").await;
    app.manager.get::<shop::Shop>().expect("it runs").open();
    browser.click("[data-hook=thank] button").await;
    browser.sees(taken_out, "none").await;

    // The settings, without the secret.
    let setting = |key: &str| {
        format!("return document.querySelector('[data-setting=\"{key}\"]')?.cells[1].innerText")
    };
    browser
        .sees(&setting("mail.server"), "mail.example:25")
        .await;
    browser.sees(&setting("mail.password"), "not shown").await;
    let source = browser
        .ask("return document.documentElement.outerHTML")
        .await;
    assert!(!source.to_string().contains("hunter2"));

    // A reload that fails is told, and changes nothing.
    app.change("down = true", "down = 3");
    browser.click("#reload").await;
    let kind = "return document.querySelector('#message').className";
    browser.sees(kind, "message bad").await;
    let message = browser
        .ask("return document.querySelector('#message-text').innerText")
        .await;
    assert!(message.to_string().contains("[mail] down"), "{message}");
    browser.sees(&setting("mail.down"), "true").await;

    // One that is well changes settings, and the state of a plugin with them.
    app.change("down = true", "down = false");
    browser.click("#reload").await;
    browser.sees(kind, "message good").await;
    browser.sees(&setting("mail.down"), "false").await;
    browser.sees_state("mail", "ready").await;
    browser.sees_state("shop", "ready").await;

    // By keyboard alone.
    browser.ask("document.querySelector('#picture').shadowRoot.querySelector('[data-plugin=shop]').focus()").await;
    let keys = browser.driver.action_chain().send_keys(Key::Enter);
    keys.perform().await.expect("a key");
    let chosen = "return document.querySelector('#details h3')?.innerText ?? ''";
    browser.sees(chosen, "shop 1.2.3").await;

    // Its policy refused nothing, and no script failed.
    let log = browser.driver.browser_log().await.expect("a log");
    let complaints: Vec<_> = log.iter().filter(|entry| entry.level != "INFO").collect();
    assert!(complaints.is_empty(), "{complaints:#?}");

    // Its end is told, and nothing waits for the page.
    app.manager.shutdown().await.expect("it stops");
    let connection = "return document.querySelector('#connection').dataset.state";
    browser.sees(connection, "lost").await;
    browser.driver.clone().quit().await.expect("it ends");
}
