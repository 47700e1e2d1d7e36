document.body.textContent = await (await fetch('/banners')).text();
