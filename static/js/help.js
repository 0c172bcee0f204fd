// Help pages work without this. It adds: keep a topic on this phone, have it read aloud, say in
// place whether it was clear. Buttons that cannot work here stay hidden.
(d => {
  let $ = id => d.getElementById(id), say = text => { if ($("kabar")) $("kabar").textContent = text };
  let save = $("simpan"), list = $("daftar"), here = location.pathname, box = () => caches.open("bantuan");
  if (isSecureContext && "serviceWorker" in navigator && self.caches) {
    // The style and script of the page go along; they are in the browser's cache already.
    let parts = () => [...d.querySelectorAll("link[href],script[src]")].map(e => e.href || e.src);
    let topics = async () => (await (await box()).keys()).map(asked => asked.url).filter(url => /\/bantuan\/(?!tersimpan)/.test(url));
    let show = kept => { save.dataset.on = kept ? 1 : ""; save.textContent = kept ? save.dataset.drop : save.dataset.keep };
    // The pages of an example are kept and removed together.
    let pages = save && save.dataset.pages ? save.dataset.pages.split(" ") : [here];
    if (save) (async () => {
      show(await caches.match(here, { cacheName: "bantuan", ignoreVary: true }));
      save.hidden = false;
      save.onclick = async () => {
        try {
          if (save.dataset.on) {
            for (let page of pages) await (await box()).delete(page, { ignoreVary: true });
            show(0);
            say(save.dataset.dropped);
            if (!(await topics()).length) {
              await caches.delete("bantuan");
              for (let each of await navigator.serviceWorker.getRegistrations()) each.unregister();
            }
          } else {
            await (await box()).addAll([...new Set([...pages, save.dataset.list, ...parts()])]);
            await navigator.serviceWorker.register(save.dataset.worker, { scope: save.dataset.scope });
            show(1);
            say(save.dataset.kept);
          }
        } catch (error) { say(save.dataset.failed) }
      };
    })();
    if (list || $("tersimpan")) (async () => {
      if (!await caches.has("bantuan")) return;
      let found = await topics();
      if (found.length && $("tersimpan")) $("tersimpan").hidden = false;
      for (let url of list ? found : []) {
        let [, lang, title] = (await (await caches.match(url, { ignoreVary: true })).text()).match(/<html lang="(..)".*?<title>(.*?) – OSS/s);
        let link = list.appendChild(d.createElement("li")).appendChild(d.createElement("a"));
        link.href = url;
        link.lang = lang;
        link.textContent = new DOMParser().parseFromString(title, "text/html").body.textContent;
        $("kosong").hidden = true;
      }
    })();
  }
  let read = $("dengar"), voices = self.speechSynthesis, speaks = d.documentElement.lang;
  if (read && voices) {
    let mine = () => voices.getVoices().find(voice => voice.lang.slice(0, 2) === speaks);
    let look = () => { if (mine()) read.hidden = false };
    let calm = () => read.textContent = read.dataset.start;
    look();
    voices.onvoiceschanged = look;
    addEventListener("pagehide", () => voices.cancel());
    read.onclick = () => {
      if (voices.speaking) return voices.cancel(), calm();
      read.textContent = read.dataset.stop;
      // Sentence by sentence: phones stop in the middle of a long text.
      let parts = [...$("teks").querySelectorAll("h1,h2,p,li,dt,dd")].filter(e => !e.closest("details")).map(e => e.textContent);
      parts.forEach((text, n) => {
        let spoken = new SpeechSynthesisUtterance(text);
        spoken.voice = mine();
        spoken.lang = spoken.voice.lang;
        if (n === parts.length - 1) spoken.onend = calm;
        voices.speak(spoken);
      });
    };
  }
  let form = $("jelas");
  if (form && form.action) form.onsubmit = async event => {
    event.preventDefault();
    let answer = event.submitter.value;
    try {
      let sent = await fetch(form.action, { method: "POST", body: new URLSearchParams({ jawab: answer }), headers: { "HX-Request": "true" } });
      if (sent.ok) form.outerHTML = await sent.text();
      else say(save.dataset.failed);
    } catch (error) { say(save.dataset.failed) }
  };
})(document);
