// Help pages work without this. It adds: keep a topic on this phone, have it read aloud, say in
// place whether it was clear. Buttons that cannot work here stay hidden.
(d => {
  let $ = id => d.getElementById(id), say = text => { if ($("kabar")) $("kabar").textContent = text };
  let save = $("simpan"), list = $("daftar"), here = location.pathname, box = () => caches.open("bantuan");
  // A page of a proxy or of a Wi-Fi's login bears no mark of ours.
  let ours = answer => /HX-Request/i.test(answer.headers.get("Vary"));
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
            for (let url of new Set([...pages, save.dataset.list])) {
              let page = await fetch(url);
              if (!page.ok || !ours(page)) throw page;
              await (await box()).put(url, page);
            }
            await (await box()).addAll(parts());
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
      let way = $("tersimpan");
      if (found.length && way) {
        let link = way.appendChild(d.createElement("a"));
        link.className = "act";
        link.href = way.dataset.url;
        link.textContent = way.dataset.words;
        way.hidden = false;
      }
      for (let url of list ? found : []) {
        let [, lang, title] = (await (await caches.match(url, { ignoreVary: true })).text()).match(/<html lang="(..)"[^]*?<title>([^]*?) – OSS/);
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
    // Android up to 14 calls Indonesian “in_ID”.
    let id = speaks === "id", codes = id ? ["id", "in"] : [speaks];
    let mine = () => voices.getVoices().find(voice => codes.includes(voice.lang.toLowerCase().split(/[-_]/)[0]));
    // Numbers as one says them: sums in words, long ones digit by digit, ranges with a word.
    let to = id ? " sampai " : " to ";
    let units = id ? ["", " ribu", " juta", " miliar", " triliun"] : ["", " thousand", " million", " billion", " trillion"];
    let sum = figures => /[.,]\d{1,2}$/.test(figures) ? figures : figures.replace(/^\d+$/, plain => plain.replace(/\B(?=(\d{3})+$)/g, ".")).split(/[.,]/).map((part, n, all) => +part ? (+part + units[all.length - 1 - n]).replace(/^1 ribu/, "seribu") : "").filter(part => part).join(" ") || "0";
    let aloud = text => text
      .replace(/Rp\s?(\d[\d.,]*\d|\d)(?:\s?–\s?(\d[\d.,]*\d|\d))?(\s(?:ribu|juta|miliar|triliun|thousand|million|billion|trillion))?/g, (_, from, until, unit) => sum(from) + (until ? to + sum(until) : "") + (unit || "") + " rupiah")
      .replace(/(^|[^\d.,])(\d{1,3}(?:[.,]\d{3})+)(?![\d.,]*\d)/g, (_, before, figures) => before + sum(figures))
      .replace(/(\d)\s?–\s?(?=\d)/g, "$1" + to)
      .replace(/\bSRG\b/g, "S R G")
      .replace(/\d{5,}|\d{3,5}(?:\s\d{3,5})+/g, run => run.split(/\s/).map(group => [...group].join(" ")).join(", "))
      .replace(/(\d?)\s?½/g, (_, n) => n ? n + (id ? " setengah" : " and a half") : id ? "setengah" : "half");
    let look = () => { if (mine()) read.hidden = false };
    let calm = () => read.textContent = read.dataset.start;
    calm();
    look();
    voices.onvoiceschanged = look;
    addEventListener("pagehide", () => voices.cancel());
    read.onclick = () => {
      if (voices.speaking) return voices.cancel(), calm();
      read.textContent = read.dataset.stop;
      // Sentence by sentence: phones stop in the middle of a long text.
      let parts = [...$("teks").querySelectorAll("h1,h2,p,li,dt,dd")].filter(e => !e.closest("details")).map(e => e.textContent);
      parts.forEach((text, n) => {
        let spoken = new SpeechSynthesisUtterance(aloud(text));
        spoken.voice = mine();
        spoken.lang = spoken.voice.lang;
        if (n === parts.length - 1) spoken.onend = calm;
        voices.speak(spoken);
      });
    };
  }
  let form = $("jelas");
  if (form && form.action) form.onsubmit = async event => {
    // Not every browser says which button sent a form: there it goes its plain way.
    if (!event.submitter) return;
    event.preventDefault();
    let answer = event.submitter.value;
    try {
      let sent = await fetch(form.action, { method: "POST", body: new URLSearchParams({ jawab: answer }), headers: { "HX-Request": "true" } });
      if (sent.ok && ours(sent)) form.outerHTML = await sent.text();
      else say(save.dataset.failed);
    } catch (error) { say(save.dataset.failed) }
  };
})(document);
