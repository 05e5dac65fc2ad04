// Leads from a mark [n] to its card, keeps a new question in view, and mends what the chat lacks.
(() => {
	const calm = matchMedia("(prefers-reduced-motion: reduce)");
	const behavior = () => (calm.matches ? "instant" : "smooth");
	const $ = (selector) => document.querySelector(selector);

	// The sources of one turn show at a time: the newest, or the one whose mark was clicked. A rule of our own
	// survives the page's redrawing, which a class on the element would not.
	const rule = document.createElement("style");
	let shown = null;
	let turns = 0;

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
		const details = card.querySelector("details");
		if (details) details.open = true;
		card.focus({ preventScroll: true });
		card.scrollIntoView({ behavior: behavior(), block: "start" });
		flash(card);
	}

	document.addEventListener("click", (event) => {
		const link = event.target instanceof Element && event.target.closest('a[href^="#"]');
		if (!link) return;
		const id = link.getAttribute("href").slice(1);
		if (link.matches("a.cite")) {
			event.preventDefault();
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
			if (!event.shiftKey && event.target.value.trim()) return;
			event.stopPropagation();
			if (!event.shiftKey) event.preventDefault();
		},
		true,
	);

	// While an answer is written its question stays at the top of the view, until the reader scrolls.
	let following = null;
	for (const kind of ["wheel", "touchmove", "keydown", "mousedown"]) {
		document.addEventListener(kind, () => (following = null), { capture: true, passive: true });
	}

	function refresh() {
		if (!rule.isConnected) document.head.append(rule);

		const sections = document.querySelectorAll("#sources .turn").length;
		const questions = document.querySelectorAll("#chat .question");
		if (shown && (sections !== turns || !document.getElementById(shown))) show(null);
		if (sections !== turns) $("#sources")?.scrollTo?.({ top: 0 });
		turns = sections;

		if (questions.length > asked) following = questions[questions.length - 1].id;
		asked = questions.length;
		if (following) document.getElementById(following)?.scrollIntoView({ block: "start" });

		// The chat labels each message with its source text, which a screen reader would spell out.
		for (const message of document.querySelectorAll("#chat [data-testid='user'], #chat [data-testid='bot']")) {
			const label = message.dataset.testid === "user" ? "Question" : "Answer";
			if (message.getAttribute("aria-label") !== label) message.setAttribute("aria-label", label);
		}
		const text = $("#box textarea");
		const button = $("#box .submit-button");
		if (text && button) button.disabled = !text.value.trim();
	}
	let asked = 0;

	let due = false;
	function soon() {
		if (due) return;
		due = true;
		requestAnimationFrame(() => {
			due = false;
			refresh();
		});
	}
	new MutationObserver(soon).observe(document, { childList: true, subtree: true });
	document.addEventListener("input", soon, true);
})();
