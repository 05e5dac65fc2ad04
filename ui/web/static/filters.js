// The filters beside the question: a panel over the box, with papers a month as bars that set the dates.
(() => {
	const arxivqa = (window.arxivqa = window.arxivqa ?? {});
	const SVG = "http://www.w3.org/2000/svg";
	const SHOWN = 10; // categories as buttons; the others stand in a list
	const $ = (selector) => document.querySelector(selector);
	const make = (tag, attributes = {}, ...inside) => {
		const element = Object.assign(document.createElement(tag), attributes);
		element.append(...inside);
		return element;
	};

	let props = null; // Gradio's: `value` is the filters as JSON; `months` and `categories` are offered
	let given = {};
	const form = () => $("#narrow-panel");

	arxivqa.closeNarrowing = () => {
		if (!form() || form().hidden) return false;
		unfold(false);
		$("#narrow-button").focus();
		return true;
	};

	function unfold(open) {
		form().hidden = !open;
		$("#narrow-button").setAttribute("aria-expanded", String(open));
		if (open) bars();
	}

	arxivqa.narrowing = (element, current, watch) => {
		props = current;
		watch("value", () => take(props().value));
		watch(["months", "categories"], offer);
		$("#narrow-button").addEventListener("click", () => unfold(form().hidden));
		$("#narrow-close").addEventListener("click", () => arxivqa.closeNarrowing());
		// Who goes on elsewhere is done with them.
		document.addEventListener("focusin", (event) => {
			if (!form().hidden && !event.target.closest("#narrow")) unfold(false);
		});
		form().addEventListener("submit", (event) => event.preventDefault());
		form().addEventListener("change", (event) => event.target.id !== "narrow-more" && gather());
		form().addEventListener("reset", () => setTimeout(() => give({})));
		$("#narrow-more").addEventListener("change", (event) => {
			if (event.target.value) toggle("categories", event.target.value);
		});
		$("#narrow-chips").addEventListener("click", (event) => {
			const chip = event.target.closest("button");
			if (!chip) return;
			remove(chip.dataset.name, chip.dataset.value);
			($("#narrow-chips button") ?? $("#narrow-button")).focus();
		});
		offer();
		take(props().value);
	};

	const listOf = (text) => text.split(",").map((part) => part.trim()).filter(Boolean);

	// From the form's fields to the filters.
	function gather() {
		const fields = form().elements;
		const wrong = fields.since.value && fields.until.value && fields.since.value > fields.until.value;
		$(".narrow-error").textContent = wrong ? "“From” is after “To”: no paper can meet both." : "";
		if (wrong) return;
		const ids = fields.ids.value.split(/[\s,]+/).filter(Boolean);
		give({
			since: fields.since.value,
			until: fields.until.value,
			categories: given.categories ?? [],
			authors: listOf(fields.authors.value),
			ids,
		});
	}

	function give(filters) {
		given = Object.fromEntries(Object.entries(filters).filter(([, value]) => value?.length));
		props().value = Object.keys(given).length ? JSON.stringify(given) : "";
		draw();
	}

	function take(text) {
		given = text ? JSON.parse(text) : {};
		draw();
	}

	function toggle(name, value) {
		const on = given[name] ?? [];
		give({ ...given, [name]: on.includes(value) ? on.filter((one) => one !== value) : [...on, value] });
	}

	function remove(name, value) {
		if (name === "dates") give({ ...given, since: "", until: "" });
		else if (name === "ids") give({ ...given, ids: [] });
		else toggle(name, value);
	}

	const day = (text) =>
		new Date(`${text}T00:00:00Z`).toLocaleDateString("en-GB", { day: "numeric", month: "short", year: "numeric", timeZone: "UTC" });

	function* chips() {
		if (given.since || given.until) {
			const [from, to] = [given.since && day(given.since), given.until && day(given.until)];
			yield ["dates", "", from && to ? `listed ${from} to ${to}` : from ? `listed since ${from}` : `listed up to ${to}`];
		}
		for (const category of given.categories ?? []) yield ["categories", category, `in ${category}`];
		for (const author of given.authors ?? []) yield ["authors", author, `by ${author}`];
		const ids = given.ids ?? [];
		if (ids.length) yield ["ids", "", ids.length === 1 ? `only ${ids[0]}` : `only these ${ids.length} papers`];
	}

	// From the filters to the form, the chips and the count.
	function draw() {
		const set = [...chips()];
		$("#narrow-count").textContent = set.length ? String(set.length) : "";
		$("#narrow-chips").replaceChildren(
			...set.map(([name, value, words]) => {
				const cross = make("span", { textContent: "×", ariaHidden: "true" });
				const chip = make("button", { type: "button", title: "Take this filter off" }, words, cross);
				Object.assign(chip.dataset, { name, value });
				return make("li", {}, chip);
			}),
		);
		const fields = form().elements;
		fields.since.value = given.since ?? "";
		fields.until.value = given.until ?? "";
		fields.authors.value = (given.authors ?? []).join(", ");
		fields.ids.value = (given.ids ?? []).join(", ");
		categories();
		bars();
	}

	function offer() {
		const months = props().months ?? [];
		const fields = form().elements;
		if (months.length) {
			for (const field of [fields.since, fields.until]) {
				field.min = `${months[0][0]}-01`;
				field.max = last(months.at(-1)[0]);
			}
		}
		categories();
		bars();
	}

	function categories() {
		const offered = props().categories ?? [];
		const on = given.categories ?? [];
		const first = offered.slice(0, SHOWN).map(([code]) => code);
		const shown = [...first, ...on.filter((code) => !first.includes(code))];
		const counts = new Map(offered);
		$("#narrow-categories").replaceChildren(
			...shown.map((code) => {
				const count = make("small", { textContent: (counts.get(code) ?? 0).toLocaleString("en-US") });
				const button = make("button", { type: "button", ariaPressed: String(on.includes(code)) }, code, count);
				button.addEventListener("click", () => {
					toggle("categories", code);
					[...$("#narrow-categories").children].find((one) => one.firstChild.data === code)?.focus();
				});
				return button;
			}),
		);
		const more = offered.slice(SHOWN).filter(([code]) => !on.includes(code));
		$("#narrow-more").replaceChildren(
			make("option", { value: "", textContent: "More" }),
			...more.map(([code, count]) => make("option", { value: code, textContent: `${code} (${count.toLocaleString("en-US")})` })),
		);
		$("#narrow-more").hidden = !more.length;
	}

	const last = (month) => {
		const [year, number] = month.split("-").map(Number);
		return new Date(Date.UTC(year, number, 0)).toISOString().slice(0, 10);
	};

	// One bar a month. Dragging over them sets the dates to whole months; the fields below do the same for the keyboard.
	function bars() {
		const months = props().months ?? [];
		const place = $("#narrow-months");
		if (!months.length || form().hidden) return place.replaceChildren();
		const most = Math.max(...months.map(([, count]) => count));
		const drawing = document.createElementNS(SVG, "svg");
		drawing.setAttribute("viewBox", `0 0 ${months.length} 40`);
		drawing.setAttribute("preserveAspectRatio", "none");
		drawing.setAttribute("aria-hidden", "true");
		months.forEach(([month, count], at) => {
			const bar = document.createElementNS(SVG, "rect");
			const height = count ? Math.max(1, (38 * count) / most) : 0;
			const inside = (!given.since || last(month) >= given.since) && (!given.until || `${month}-01` <= given.until);
			const gap = months.length > 120 ? 0 : 0.12;
			for (const [name, value] of Object.entries({ x: at + gap, y: 40 - height, width: 1 - 2 * gap, height })) {
				bar.setAttribute(name, value);
			}
			bar.setAttribute("class", inside ? "in" : "out");
			drawing.append(bar);
		});
		const label = make("p", {}, make("span", { textContent: months[0][0] }), make("output"), make("span", { textContent: months.at(-1)[0] }));
		place.replaceChildren(drawing, label);
		drag(drawing, months, label.querySelector("output"));
	}

	function drag(drawing, months, words) {
		const at = (event) => {
			const box = drawing.getBoundingClientRect();
			return Math.max(0, Math.min(months.length - 1, Math.floor(((event.clientX - box.left) / box.width) * months.length)));
		};
		let from = null;
		const range = (event) => [Math.min(from ?? at(event), at(event)), Math.max(from ?? at(event), at(event))];
		const tell = (event) => {
			const [first, end] = range(event);
			const papers = months.slice(first, end + 1).reduce((sum, [, count]) => sum + count, 0);
			const span = first === end ? months[first][0] : `${months[first][0]} to ${months[end][0]}`;
			words.textContent = `${span}: ${papers.toLocaleString("en-US")}`;
			if (from === null) return;
			[...drawing.children].forEach((bar, place) => bar.setAttribute("class", place >= first && place <= end ? "in" : "out"));
		};
		drawing.addEventListener("pointerdown", (event) => {
			from = at(event);
			drawing.setPointerCapture(event.pointerId);
			tell(event);
		});
		drawing.addEventListener("pointermove", tell);
		drawing.addEventListener("pointerleave", () => from === null && (words.textContent = ""));
		drawing.addEventListener("pointerup", (event) => {
			if (from === null) return;
			const [first, end] = range(event);
			from = null;
			give({ ...given, since: `${months[first][0]}-01`, until: last(months[end][0]) });
		});
	}
})();
