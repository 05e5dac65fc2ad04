// The Papers page: what is typed, ticked, sorted and chosen. Python makes the table; this asks it for the next one.
(() => {
	const arxivqa = (window.arxivqa = window.arxivqa ?? {});
	const TICKED = "arxivqa-ticked";
	const FIELDS = ["search", "since", "until", "category", "author"];
	const FILTERS = FIELDS.slice(1);
	const TYPING = 160; // milliseconds without a key before it is looked
	const SLOW = 400; // milliseconds before a table that is awaited says so
	const $ = (selector) => document.querySelector(selector);
	const $$ = (selector) => [...document.querySelectorAll(selector)];

	let send = null;
	let props = null;
	const state = Object.fromEntries(new URLSearchParams(location.search));
	const ticked = new Set(JSON.parse(sessionStorage.getItem(TICKED) ?? "[]"));
	let asked = 0; // the number of the newest request
	let typing = 0;
	let slow = 0;
	let chosen = null; // the id of the paper in the panel
	let back = null; // what had the focus before the panel took it
	let refocus = null; // the selector of what the table's redrawing must not lose

	arxivqa.papers = (trigger, now, watch) => {
		send = trigger;
		props = now;
		fill();
		count();
		watch("drawn", drawn);
		watch("chosen", opened);
		watch("compared", () => $("#beside").showModal());
		watch("download", () => arxivqa.download(props().download));
	};

	const form = () => $("#papers-form");

	// What the address says goes into the form, and what the form says into the address, so that a reload finds it.
	function fill() {
		for (const name of FIELDS) {
			const field = form()?.elements[name];
			if (field && field !== document.activeElement) field.value = state[name] ?? "";
		}
		const set = FILTERS.filter((name) => state[name]).length;
		if (!form()) return;
		form().querySelector('[type="reset"]').disabled = !set;
		form().querySelector("#papers-more .count").textContent = set ? ` ${set}` : "";
	}

	function look(change = {}, typed = false) {
		for (const [name, value] of Object.entries({ page: "", ...change })) {
			if (value) state[name] = String(value);
			else delete state[name];
		}
		const query = new URLSearchParams(state).toString();
		history.replaceState(null, "", location.pathname + (query ? `?${query}` : ""));
		if (!typed) fill();
		asked += 1;
		clearTimeout(slow);
		slow = setTimeout(() => busy(true), SLOW);
		send("look", { ...state, number: asked });
	}

	function busy(on) {
		$("#papers-rows")?.setAttribute("aria-busy", String(on));
	}

	function drawn() {
		const number = props().drawn;
		if (number === -1) fill();
		else if (number < asked) return; // a newer one is on its way
		clearTimeout(slow);
		busy(false);
		mark();
		if (refocus) $(refocus)?.focus();
		refocus = null;
	}

	// What the browser holds of each row: its tick, and whether it is in the panel.
	function mark() {
		for (const row of $$("#papers-table tbody tr")) {
			row.querySelector('[name="tick"]').checked = ticked.has(row.dataset.id);
			if (row.dataset.id === chosen) row.setAttribute("aria-current", "true");
			else row.removeAttribute("aria-current");
		}
		const boxes = $$('#papers-table [name="tick"]');
		const all = $("#papers-all");
		if (!all) return;
		const on = boxes.filter((box) => box.checked).length;
		all.checked = on > 0 && on === boxes.length;
		all.indeterminate = on > 0 && on < boxes.length;
	}

	function tick(id, on) {
		if (on) ticked.add(id);
		else ticked.delete(id);
		sessionStorage.setItem(TICKED, JSON.stringify([...ticked]));
	}

	function count() {
		const acts = $("#papers-acts");
		if (!acts) return;
		const many = ticked.size;
		$("#papers-ticked").textContent = many ? `${many} ticked` : "None ticked";
		const able = { compare: many >= 2 && many <= 6, like: many === 1 };
		for (const one of acts.querySelectorAll("button, select")) one.disabled = !(able[one.name] ?? many > 0);
	}

	const chosenIds = () => [...ticked].join(",");
	const acts = {
		ask: () => (location.href = `/?only=${chosenIds()}`),
		like: () => (location.href = `/papers?like=${chosenIds()}`),
		compare: () => send("compare", { ids: chosenIds() }),
		export: () => send("export", { ids: chosenIds(), form: $("#papers-format").value }),
		clear: () => {
			for (const id of [...ticked]) tick(id, false);
			mark();
			count();
			$("#papers-form [name=search]").focus();
		},
	};

	// The panel.
	function choose(row) {
		chosen = row.dataset.id;
		back = row.querySelector('[name="open"]');
		for (const button of $$('#papers-table [name="open"]')) button.tabIndex = button === back ? 0 : -1;
		mark();
		send("choose", { id: chosen });
	}

	function opened() {
		if (props().chosen?.id !== chosen) return;
		const page = $("#papers");
		const first = page.dataset.panel !== "open";
		page.dataset.panel = "open";
		$("#papers-panel").scrollTop = 0;
		// Over the whole page the panel takes the focus; beside the table the rows keep it.
		if (getComputedStyle($("#papers-panel")).position === "fixed") $("#papers-title")?.focus({ preventScroll: true });
		else if (first) $('#papers-table [aria-current="true"]')?.scrollIntoView({ block: "nearest" });
	}

	function close() {
		if ($("#papers")?.dataset.panel !== "open") return false;
		delete $("#papers").dataset.panel;
		chosen = null;
		mark();
		(back?.isConnected ? back : $('#papers-table [name="open"]'))?.focus();
		return true;
	}

	function unfold(open) {
		form().dataset.filters = open ? "open" : "closed";
		$("#papers-more").setAttribute("aria-expanded", String(open));
	}

	const clicks = {
		open: (button) => choose(button.closest("tr")),
		close: (button) => (button.closest("#beside") ? $("#beside").close() : close()),
		sort: (button) => {
			refocus = `#papers-table [name="sort"][value="${button.value}"]`;
			look({ sort: button.value, order: button.dataset.order });
		},
		page: (button) => turn(button.value),
		all: () => {
			look(Object.fromEntries(FIELDS.map((name) => [name, ""])));
			form().elements.search.focus();
		},
		copy: (button) => arxivqa.copy(props().compared.markdown, button, "Copied"),
		save: () =>
			arxivqa.download({ name: "side-by-side.md", media: "text/markdown", text: props().compared.markdown }),
	};

	function turn(page) {
		$("#papers-rows").scrollTop = 0;
		if ($("#papers-rows").getBoundingClientRect().top < 0) $("#papers-bar").scrollIntoView();
		look({ page });
	}

	document.addEventListener("click", (event) => {
		const target = event.target instanceof Element ? event.target : null;
		if (!target?.closest("#papers, #beside") || !send) return;
		if (target.closest("#papers-more")) return unfold(form().dataset.filters !== "open");
		const button = target.closest("button[name]");
		if (button) return (button.closest("#papers-acts") ? acts : clicks)[button.name]?.(button);
		const row = target.closest("#papers-table tbody tr");
		// A click beside the tick box is a missed tick, not a wish to read; and who selects text wants to copy it.
		if (target.closest(".tick")) {
			if (row && !target.matches("input")) row.querySelector('[name="tick"]').click();
		} else if (row && !getSelection().toString()) choose(row);
	});

	document.addEventListener("change", (event) => {
		const field = event.target;
		if (!field.closest?.("#papers")) return;
		if (field.name === "tick") {
			tick(field.closest("tr").dataset.id, field.checked);
		} else if (field.id === "papers-all") {
			for (const row of $$("#papers-table tbody tr")) tick(row.dataset.id, field.checked);
		} else if (field.name === "number") {
			const page = Math.min(Math.max(1, Math.round(Number(field.value)) || 1), Number(field.max));
			field.value = page;
			return turn(page);
		} else if (field.name === "category") {
			return look({ category: field.value });
		} else return;
		mark();
		count();
	});

	document.addEventListener("input", (event) => {
		const field = event.target;
		if (!field.closest?.("#papers-form") || field.name === "category") return;
		clearTimeout(typing);
		typing = setTimeout(() => {
			// A year that is being typed is "0002" for a moment.
			if (field.type === "date" && field.value && field.value < "1900") return;
			// Other words, another order: the one that was chosen is for the table as it was.
			look({ [field.name]: field.value, ...(field.name === "search" && { sort: "", order: "" }) }, true);
			fill();
		}, TYPING);
	});
	document.addEventListener("reset", (event) => {
		if (event.target !== form()) return;
		event.preventDefault();
		look(Object.fromEntries(FILTERS.map((name) => [name, ""])));
		form().elements[matchMedia("(max-width: 860px)").matches ? "since" : "search"].focus();
	});
	document.addEventListener("submit", (event) => {
		if (event.target === form()) event.preventDefault();
	});

	document.addEventListener("keydown", (event) => {
		if (!form() || event.ctrlKey || event.metaKey || event.altKey) return;
		const here = event.target;
		if (event.key === "Escape") {
			if ($("#beside").open) return; // the browser closes it
			if (form().dataset.filters === "open" && here.closest("#papers-form")) {
				unfold(false);
				return $("#papers-more").focus();
			}
			if (here.matches("[name=search]") && here.value) return; // the browser empties it
			if (close()) event.preventDefault();
		} else if (event.key === "/" && !here.matches("input:not([type=checkbox]), textarea, select")) {
			event.preventDefault();
			form().elements.search.focus();
		} else if (here.matches('#papers-form [name="search"]') && event.key === "ArrowDown") {
			event.preventDefault();
			$('#papers-table [name="open"][tabindex="0"]')?.focus();
		} else if (here.closest("#papers-table tbody")) {
			walk(event, here.closest("tr"));
		}
	});

	let walking = 0;
	function walk(event, row) {
		const rows = $$("#papers-table tbody tr");
		const at = rows.indexOf(row);
		const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: rows.length - 1 }[event.key];
		if (to === undefined) return;
		event.preventDefault();
		const next = rows[to]?.querySelector('[name="open"]');
		if (!next) return;
		for (const button of $$('#papers-table [name="open"]')) button.tabIndex = button === next ? 0 : -1;
		next.focus();
		// An open panel goes along, when the walk comes to rest.
		if ($("#papers").dataset.panel !== "open") return;
		clearTimeout(walking);
		walking = setTimeout(() => choose(rows[to]), 90);
	}
})();
