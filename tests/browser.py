"""Chromium for tests of pages: start, sizes, keys, screenshots, axe."""
import contextlib
import pathlib
import time

import axe_playwright_python
from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By

AXE = (pathlib.Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text()


def start():
    options = webdriver.ChromeOptions()
    # WebGL is drawn by the processor (SwiftShader), which Chromium wants to be asked for.
    for argument in ("--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--window-size=1440,900", "--use-angle=swiftshader",
                     "--enable-unsafe-swiftshader", "--lang=en-GB"):
        options.add_argument(argument)
    options.binary_location = "/usr/bin/chromium"
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = webdriver.Chrome(options=options, service=Service("/usr/bin/chromedriver"))
    driver.set_page_load_timeout(60)
    driver.set_script_timeout(60)
    return driver


def size(driver, width, height, mobile=False, ratio=1):
    metrics = {"width": width, "height": height, "deviceScaleFactor": ratio, "mobile": mobile}
    driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)


def wait(what, condition, seconds=30):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        with contextlib.suppress(Exception):
            value = condition()
            if value:
                return value
        time.sleep(0.03)
    raise AssertionError(f"{what}: not within {seconds} s")


class Tab:
    """A tab of the browser. `shots` is the folder of screenshots, None for none."""

    def __init__(self, driver, shots=None):
        self.driver, self.shots = driver, shots

    def js(self, script, *arguments):
        return self.driver.execute_script(script, *arguments)

    def one(self, selector):
        return self.driver.find_element(By.CSS_SELECTOR, selector)

    def all(self, selector):
        return self.driver.find_elements(By.CSS_SELECTOR, selector)

    def keys(self, *keys):
        webdriver.ActionChains(self.driver).send_keys(*keys).perform()

    def shoot(self, name):
        if self.shots:
            time.sleep(0.3)
            self.driver.save_screenshot(str(self.shots / f"{name}.png"))

    def check_access(self, where):
        """No violation of a rule of axe."""
        self.js("window.axe = undefined")
        # As a debugger, as the policy of a page allows no script of ours.
        self.driver.execute_cdp_cmd("Runtime.evaluate", {"expression": AXE})
        found = self.driver.execute_async_script(
            """const done = arguments[0];
               axe.run(document, {resultTypes: ['violations']}).then(({violations}) =>
                 done(violations.map((v) => [v.id, v.impact, v.nodes.map((n) => n.html.slice(0, 120)).slice(0, 3)])))""")
        assert not found, f"axe, {where}: {found}"

    def loaded(self, selector):
        """How many of the images have pixels."""
        return self.js("return [...document.querySelectorAll(arguments[0])].filter((i) => i.naturalWidth > 0).length", selector)

    def check_narrow(self, where):
        wide = self.js("return document.documentElement.scrollWidth - innerWidth")
        assert wide <= 0, f"{where}: {wide} pixels wider than the screen"
