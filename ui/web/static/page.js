// What all pages share, and Ask's own: marks that lead to cards, buttons under answers, keys, drafts, a lost server.
(() => {
	const arxivqa = (window.arxivqa = window.arxivqa ?? {});
	const calm = matchMedia("(prefers-reduced-motion: reduce)");
	const behavior = () => (calm.matches ? "instant" : "smooth");
	const $ = (selector) => document.querySelector(selector);

	// The address names the open conversation, so that a reload, a bookmark or a copied link opens it again.
	arxivqa.moved = (conversation) => {
		const theme = new URLSearchParams(location.search).get("__theme");
		const asked = new URLSearchParams({ ...(conversation && { c: conversation }), ...(theme && { __theme: theme }) });
		history.replaceState(null, "", `${location.pathname}${asked.size ? `?${asked}` : ""}`);
	};

	arxivqa.download = (file) => {
		if (!file) return;
		const link = document.createElement("a");
		link.href = URL.createObjectURL(new Blob([file.text], { type: file.media }));
		link.download = file.name;
		link.click();
		setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
	};

	// The sources of one turn show at a time: the newest, or the one whose mark was clicked. A rule of our own
	// survives the page's redrawing, which a class on the element would not.
	const rule = document.createElement("style");
	let shown = null;
	let turns = 0;
	let cameFrom = null;

	function show(section) {
		shown = section;
		rule.textContent = section
			? `#sources section.turn.turn { display: none } #sources section.turn.turn#${CSS.escape(section)} { display: block }`
			: "";
	}

	function flash(element) {
		element.classList.remove("flash");
		void element.offsetWidth; // Restarts the animation.
		element.classList.add("flash");
	}

	function openCard(id) {
		const card = document.getElementById(id);
		if (!card) return;
		show(card.closest(".turn").id);
		const details = card.querySelector("details.abstract");
		if (details) details.open = true;
		card.focus({ preventScroll: true });
		card.scrollIntoView({ behavior: behavior(), block: "start" });
		flash(card);
	}

	// Asks before something goes that cannot be had back.
	arxivqa.sure = (words, action, then) => {
		const dialog = $("#sure");
		$("#sure-words").textContent = words;
		dialog.querySelector(".danger").textContent = action;
		dialog.onclose = () => dialog.returnValue === "yes" && then();
		dialog.returnValue = "no";
		dialog.showModal();
	};

	function copy(text) {
		if (navigator.clipboard) return navigator.clipboard.writeText(text);
		// Without TLS a browser has no clipboard of its own for pages.
		const box = Object.assign(document.createElement("textarea"), { value: text });
		document.body.append(box);
		box.select();
		document.execCommand("copy");
		box.remove();
		return Promise.resolve();
	}
	arxivqa.copied = copy;
	arxivqa.copy = (text, button, done) =>
		copy(text).then(() => {
			const before = button.textContent;
			button.textContent = done;
			setTimeout(() => (button.textContent = before), 1600);
		});

	const after = (turn) => document.querySelectorAll("#chat .question").length - turn;
	const acts = {
		copy: (turn, button) => arxivqa.copy(document.getElementById(`c${turn}`).textContent, button, "Copied"),
		again: (turn) => {
			const then = () => arxivqa.send("again", { turn });
			const going = after(turn);
			if (!going) return then();
			arxivqa.sure(
				`Ask this question again? ${going === 1 ? "The question after it goes" : `The ${going} questions after it go`}.`,
				"Ask again",
				then,
			);
		},
		leave: () => arxivqa.send("leave", {}),
		suggestion: (_, button) => arxivqa.send("suggested", { question: button.textContent }),
	};

	document.addEventListener("click", (event) => {
		const target = event.target instanceof Element ? event.target : null;
		const button = target?.closest("#chat button[name], #changing button[name]");
		if (button) {
			const turn = Number(button.value);
			const act = acts[button.name] ?? (() => arxivqa.send(button.name, { turn }));
			return act(turn, button);
		}
		const link = target?.closest('a[href^="#"]');
		if (!link) return;
		const id = link.getAttribute("href").slice(1);
		if (link.matches("a.cite")) {
			event.preventDefault();
			cameFrom = link;
			openCard(id);
		} else if (/^q\d+$/.test(id)) {
			event.preventDefault();
			document.getElementById(id)?.scrollIntoView({ behavior: behavior(), block: "start" });
		}
	});

	// Enter asks unless the box is blank; Shift+Enter makes a new line. Gradio would submit on each of them.
	document.addEventListener(
		"keydown",
		(event) => {
			if (event.key !== "Enter" || !event.target.matches?.("#box textarea")) return;
			if (!event.shiftKey && event.target.value.trim() && !lost) return;
			event.stopPropagation();
			if (!event.shiftKey) event.preventDefault();
		},
		true,
	);

	// "/" goes to the question, arrows walk the sources, Escape closes what is open, the innermost first.
	document.addEventListener("keydown", (event) => {
		if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
		const typing = event.target.closest?.("input, textarea, select, [contenteditable=true]");
		if (event.key === "/" && !typing) {
			const box = $("#box textarea");
			if (!box) return;
			event.preventDefault();
			box.focus();
		} else if ((event.key === "ArrowDown" || event.key === "ArrowUp") && !typing) {
			const card = event.target.closest?.("#sources .card");
			if (!card) return;
			const cards = [...card.parentElement.children];
			const next = cards[cards.indexOf(card) + (event.key === "ArrowDown" ? 1 : -1)];
			if (!next) return;
			event.preventDefault();
			next.focus({ preventScroll: true });
			next.scrollIntoView({ behavior: behavior(), block: "nearest" });
		} else if (event.key === "Escape") {
			escape(event);
		}
	});

	function escape(event) {
		const card = event.target.closest?.("#sources .card");
		const open = card?.querySelector("details[open]");
		if (arxivqa.closeNarrowing?.() || arxivqa.closeSide?.()) return;
		if (open) {
			open.open = false;
			card.focus({ preventScroll: true });
		} else if (card) {
			(cameFrom?.isConnected ? cameFrom : $("#box textarea"))?.focus();
		} else if ($("#changing button")) {
			arxivqa.send("leave", {});
		}
	}

	// While an answer is written its question stays at the top of the view, until the reader scrolls.
	let following = null;
	for (const kind of ["wheel", "touchmove", "keydown", "mousedown"]) {
		document.addEventListener(kind, () => (following = null), { capture: true, passive: true });
	}

	let asked = 0;
	let conversation = null;
	function refresh() {
		if (!rule.isConnected) document.head.append(rule);

		const sections = document.querySelectorAll("#sources .turn").length;
		const questions = document.querySelectorAll("#chat .question");
		if (shown && (sections !== turns || !document.getElementById(shown))) show(null);
		if (sections !== turns) $("#sources")?.scrollTo?.({ top: 0 });
		turns = sections;

		// A conversation that is opened is shown from its end on, as it was left.
		const writing = $("#chat .waiting, #box .stop-button");
		const now = new URLSearchParams(location.search).get("c");
		if (questions.length > asked && (writing || conversation === now)) {
			following = questions[questions.length - 1].id;
			emptied(questions[questions.length - 1].innerText);
		} else if (questions.length && now !== conversation) questions[questions.length - 1].scrollIntoView({ block: "start" });
		asked = questions.length;
		conversation = now;
		if (following) document.getElementById(following)?.scrollIntoView({ block: "start" });

		name();
		const text = $("#box textarea");
		const button = $("#box .submit-button");
		if (text && button) button.disabled = lost || !text.value.trim();
		if (text && $("#changing button") && !$("#changing[data-seen]")) text.focus();
		$("#changing")?.toggleAttribute("data-seen", Boolean($("#changing button")));
		keep(text);
	}

	const PARTS = [
		["#side", "navigation", "Conversations"],
		["#sources", "complementary", "Sources"],
		["#chat .examples", "group", "Example questions"],
	];

	// What Gradio's sanitizer takes from our HTML, or leaves out of its own, that a screen reader needs.
	function name() {
		const set = (element, attribute, value) =>
			element.getAttribute(attribute) !== value && element.setAttribute(attribute, value);
		for (const message of document.querySelectorAll("#chat [data-testid='user'], #chat [data-testid='bot']")) {
			// The chat labels each message with its source text, which a screen reader would spell out.
			set(message, "aria-label", message.dataset.testid === "user" ? "Question" : "Answer");
		}
		for (const button of document.querySelectorAll("#chat .acts [name=up], #chat .acts [name=down]")) {
			set(button, "aria-pressed", String(button.classList.contains("on")));
		}
		// One card of the list can be reached with Tab, the others with the arrows.
		for (const list of document.querySelectorAll("#sources .cards")) {
			const current = list.contains(document.activeElement) ? document.activeElement.closest(".card") : null;
			const first = current ?? list.querySelector('.card[tabindex="0"]') ?? list.firstElementChild;
			for (const card of list.children) set(card, "tabindex", card === first ? "0" : "-1");
		}
		for (const [part, role, label] of PARTS) {
			const element = $(part);
			if (!element) continue;
			set(element, "role", role);
			set(element, "aria-label", label);
		}
		const who = $("#who .html-container > div") ?? $("#who");
		const user = window.gradio_config?.username;
		if (who && user && !who.querySelector("a")) {
			const link = Object.assign(document.createElement("a"), { href: "/sign-out", textContent: "Sign out" });
			who.replaceChildren(Object.assign(document.createElement("span"), { textContent: user }), link);
		}
	}

	// Gradio leaves a question in the box when Enter follows too soon on the last key for it to have seen that.
	function emptied(question) {
		const text = $("#box textarea");
		const flat = (words) => words.replace(/\s+/g, " ").trim();
		if (!text?.value || flat(text.value) !== flat(question)) return;
		text.value = "";
		text.dispatchEvent(new Event("input", { bubbles: true }));
	}

	// What was typed outlives a reload, whatever made the page reload.
	const DRAFT = "arxivqa-draft";
	let restored = false;
	function keep(text) {
		if (!text) return;
		const draft = sessionStorage.getItem(DRAFT) ?? "";
		if (restored && draft !== text.value) sessionStorage.setItem(DRAFT, text.value);
		if (restored || text.disabled) return;
		restored = true;
		if (!draft || text.value) return;
		text.value = draft;
		text.dispatchEvent(new Event("input", { bubbles: true }));
	}

	// A server that is gone is told in a quiet line; when it is back, so is the page, with what was typed.
	let lost = false;
	let app = null;
	async function look() {
		let found = null;
		try {
			const answer = await fetch("/gradio_api/app_id", { cache: "no-store" });
			if (answer.status === 401) {
				// The session is over. The sign-in page leads back here, and what was typed is kept.
				return location.assign(`/sign-in?next=${encodeURIComponent(location.pathname + location.search)}`);
			}
			found = answer.ok ? (await answer.json()).app_id : null;
		} catch {
			found = null;
		}
		if (found && app && found !== app) return location.reload();
		app = found ?? app;
		const now = found === null;
		if (now === lost) return;
		lost = now;
		document.documentElement.toggleAttribute("data-lost", lost);
		let line = $("#lost");
		if (!line) {
			line = Object.assign(document.createElement("p"), { id: "lost" });
			line.setAttribute("role", "status");
			document.body.append(line);
		}
		line.textContent = lost ? "arxivqa is not running. What you typed is kept, and this page goes on when it is back." : "";
		soon();
	}
	setInterval(() => document.visibilityState === "visible" && look(), 5_000);
	addEventListener("focus", look);

	let due = false;
	function soon() {
		if (due) return;
		due = true;
		requestAnimationFrame(() => {
			due = false;
			refresh();
		});
	}
	arxivqa.soon = soon;
	new MutationObserver(soon).observe(document, { childList: true, subtree: true });
	document.addEventListener("input", soon, true);
	document.addEventListener("focusin", soon);
})();
