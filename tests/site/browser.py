# SPDX-License-Identifier: MIT
"""A page in headless Chromium, by its DevTools protocol: what a reader does, and what the page asks for and complains of."""
import base64
import json
import os
import shutil
import subprocess
import tempfile

import websocket    # Debian: python3-websocket

CHROMIUM = shutil.which("chromium")
FLAGS = ["--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
         "--hide-scrollbars", "--remote-debugging-port=0", "--remote-allow-origins=*"]
KEYS = {"ArrowRight": 39, "ArrowLeft": 37, "ArrowDown": 40, "ArrowUp": 38, "Enter": 13, "Escape": 27, "Tab": 9, " ": 32}


class Browser:
    """One Chromium with a profile of its own, and one page in it."""

    def __init__(self):
        self.folder = tempfile.mkdtemp(prefix="calando-browser-")
        with open(os.path.join(self.folder, "log"), "wb") as log:
            self.process = subprocess.Popen([CHROMIUM, *FLAGS, "--user-data-dir=" + self.folder, "about:blank"], stdout=log,
                                            stderr=subprocess.PIPE, env={**os.environ, "HOME": self.folder})
        for line in self.process.stderr:    # it says where it listens
            if line.startswith(b"DevTools listening on "):
                break
        else:
            raise RuntimeError("chromium did not start")
        self.socket = websocket.create_connection(line.decode().split()[-1], timeout=120, suppress_origin=True)
        self.sent = 0
        self.session = None
        self.events = []
        target = next(t for t in self.call("Target.getTargets")["targetInfos"] if t["type"] == "page")
        self.session = self.call("Target.attachToTarget", targetId=target["targetId"], flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Network", "Log", "Accessibility"):
            self.call(domain + ".enable")

    def close(self):
        self.socket.close()
        self.process.terminate()
        self.process.wait()
        self.process.stderr.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    # --- the protocol ---

    def call(self, method, **parameters):
        self.sent += 1
        message = {"id": self.sent, "method": method, "params": parameters}
        if self.session:
            message["sessionId"] = self.session
        self.socket.send(json.dumps(message))
        while True:
            reply = json.loads(self.socket.recv())
            if reply.get("id") == self.sent:
                if "error" in reply:
                    raise RuntimeError(f"{method}: {reply['error']['message']}")
                return reply["result"]
            self.events.append(reply)

    def run(self, script):
        """The value of an expression in the page; a promise is waited for."""
        reply = self.call("Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True)
        if "exceptionDetails" in reply:
            raise RuntimeError(f"{script}: {reply['exceptionDetails']['exception'].get('description')}")
        return reply["result"].get("value")

    # --- the page ---

    def look(self, width, height=900, scheme="light", touch=False):
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=touch)
        self.call("Emulation.setTouchEmulationEnabled", enabled=touch)
        self.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])

    def open(self, address):
        """Opens a page and waits until it is loaded."""
        self.events.clear()
        self.call("Page.navigate", url="about:blank")
        self.call("Page.navigate", url=address)
        self.until("document.readyState === 'complete' && location.href.startsWith('file:')")

    def until(self, condition):
        """Waits, frame by frame, until an expression in the page holds; the test's own limit ends a wait in vain."""
        self.run("new Promise((done) => { const look = () => (%s) ? done(true) : setTimeout(look, 5); look(); })" % condition)

    def frame(self):
        """Waits until what has been asked for is drawn."""
        self.run("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")

    def key(self, name):
        letter = {"text": name} if len(name) == 1 else {"text": "\r"} if name == "Enter" else {}
        code = KEYS.get(name, ord(name.upper()) if len(name) == 1 else 0)
        for kind in ("keyDown", "keyUp"):
            self.call("Input.dispatchKeyEvent", type=kind, key=name, windowsVirtualKeyCode=code,
                      **(letter if kind == "keyDown" else {}))
        self.frame()

    def type(self, text):
        self.call("Input.insertText", text=text)
        self.frame()

    def click(self, selector):
        x, y = self.middle(selector)
        for kind in ("mousePressed", "mouseReleased"):
            self.call("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1)
        self.frame()

    def middle(self, selector):
        return self.run("(() => { const e = document.querySelector(%s); e.scrollIntoView({block: 'center'}); "
                        "const b = e.getBoundingClientRect(); return [b.x + b.width / 2, b.y + b.height / 2]; })()" % json.dumps(selector))

    def swipe(self, start, end):
        points = [(start[0] + (end[0] - start[0]) * i / 8, start[1] + (end[1] - start[1]) * i / 8) for i in range(9)]
        self.call("Input.dispatchTouchEvent", type="touchStart", touchPoints=[{"x": points[0][0], "y": points[0][1]}])
        for x, y in points[1:]:
            self.call("Input.dispatchTouchEvent", type="touchMove", touchPoints=[{"x": x, "y": y}])
        self.call("Input.dispatchTouchEvent", type="touchEnd", touchPoints=[])
        self.frame()

    def picture(self, file, whole=False):
        image = self.call("Page.captureScreenshot", format="png", captureBeyondViewport=whole)
        with open(file, "wb") as out:
            out.write(base64.b64decode(image["data"]))

    # --- what has happened since the page was opened ---

    def complaints(self):
        """Errors and warnings of the console, and exceptions nobody caught."""
        self.run("0")
        found = []
        for event in self.events:
            parameters = event.get("params", {})
            if event["method"] == "Runtime.exceptionThrown":
                found.append(parameters["exceptionDetails"]["exception"].get("description", "exception"))
            if event["method"] == "Log.entryAdded":
                found.append(parameters["entry"]["text"])
            if event["method"] == "Runtime.consoleAPICalled":
                found.append(" ".join(str(a.get("value", a.get("description"))) for a in parameters["args"]))
        return found

    def requests(self):
        """Addresses that the page asked for, except its own file and data within it."""
        self.run("0")
        urls = [e["params"]["request"]["url"] for e in self.events if e["method"] == "Network.requestWillBeSent"]
        return [url for url in urls if not url.startswith(("data:", "about:", "blob:")) and not url.split("#")[0].endswith("/index.html")]
