// The sidebar: opened and closed, its conversations opened, renamed, exported and deleted.
(() => {
	const arxivqa = (window.arxivqa = window.arxivqa ?? {});
	const root = document.documentElement;
	const narrow = matchMedia("(max-width: 1099px)"); // as in style.css: there it lies over the page
	const KEPT = "arxivqa-side";
	const $ = (selector) => document.querySelector(selector);

	// Before anything is drawn, so that nothing moves: open where there is room, unless it was closed.
	set(!narrow.matches && localStorage.getItem(KEPT) !== "closed");

	function set(open) {
		root.dataset.side = open ? "open" : "closed";
		$("#side-button")?.setAttribute("aria-expanded", String(open));
	}
	const isOpen = () => root.dataset.side === "open";

	function toggle() {
		set(!isOpen());
		if (!narrow.matches) localStorage.setItem(KEPT, root.dataset.side);
		if (isOpen() && narrow.matches) $("#fresh")?.focus();
	}

	// Returns whether there was something to close: Escape closes the sidebar only where it lies over the page.
	arxivqa.closeSide = () => {
		if (!isOpen() || !narrow.matches || !$("#side")) return false;
		set(false);
		$("#side-button")?.focus();
		return true;
	};
	narrow.addEventListener("change", () => set(!narrow.matches && localStorage.getItem(KEPT) !== "closed"));

	// The conversation whose menu is open. Not its entry: the list may be drawn again meanwhile, with others in its place.
	let chosen = null;

	function menu(button) {
		const list = $("#talk-menu");
		const link = button.closest("li").querySelector("a");
		chosen = { id: button.closest("li").dataset.talk, title: link.title, address: link.href };
		const box = button.getBoundingClientRect();
		list.showPopover();
		list.style.left = `${Math.max(8, Math.min(box.left, innerWidth - list.offsetWidth - 8))}px`;
		const below = box.bottom + 4;
		list.style.top = `${below + list.offsetHeight < innerHeight ? below : box.top - list.offsetHeight - 4}px`;
		list.querySelector("button").focus();
		list.ontoggle = (event) => {
			if (event.newState === "closed" && document.activeElement === document.body) {
				$(`#side [data-talk="${chosen.id}"] .more`)?.focus();
			}
		};
	}

	function rename({ id, title }) {
		const dialog = $("#naming");
		const input = dialog.querySelector("input");
		input.value = title;
		dialog.returnValue = "no";
		dialog.onclose = () => {
			const given = input.value.trim();
			if (dialog.returnValue === "yes" && given && given !== title) arxivqa.send("rename", { id, title: given });
		};
		dialog.showModal();
		input.select();
	}

	const does = {
		rename,
		link: ({ address }) => arxivqa.copied(address),
		markdown: ({ id }) => arxivqa.send("export", { id, form: "markdown" }),
		json: ({ id }) => arxivqa.send("export", { id, form: "json" }),
		delete: ({ id, title }) =>
			arxivqa.sure(`Delete “${title}”? It cannot be had back.`, "Delete", () => arxivqa.send("erase", { id })),
	};

	document.addEventListener("click", (event) => {
		const target = event.target instanceof Element ? event.target : null;
		if (!target) return;
		if (target.closest("#side-button")) return toggle();
		const item = target.closest("#side li");
		const link = target.closest("#side li[data-talk] a");
		if (link && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
			event.preventDefault();
			arxivqa.send("open", { id: item.dataset.talk });
			arxivqa.closeSide();
		} else if (target.closest("#side li[data-talk] .more")) {
			menu(target.closest(".more"));
		} else if (target.closest("#side li[data-question] .ask")) {
			arxivqa.send("saved", { id: item.dataset.question });
			arxivqa.closeSide();
		} else if (target.closest("#side li[data-question] .more")) {
			arxivqa.send("drop", { id: item.dataset.question });
		} else if (target.closest("#talk-menu button")) {
			$("#talk-menu").hidePopover();
			does[target.closest("button").name](chosen);
		} else if (target.closest("#fresh")) {
			arxivqa.closeSide();
			$("#box textarea")?.focus();
		} else if (isOpen() && narrow.matches && !target.closest("#side, #talk-menu, dialog")) {
			arxivqa.closeSide();
		}
	});

	// Up and down walk the menu, as in every menu.
	document.addEventListener("keydown", (event) => {
		const button = event.target.closest?.("#talk-menu button");
		if (!button || (event.key !== "ArrowDown" && event.key !== "ArrowUp")) return;
		event.preventDefault();
		const buttons = [...button.parentElement.children];
		const next = buttons.indexOf(button) + (event.key === "ArrowDown" ? 1 : -1);
		buttons[(next + buttons.length) % buttons.length].focus();
	});
})();
