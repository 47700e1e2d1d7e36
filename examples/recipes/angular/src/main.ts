import { Component, provideZonelessChangeDetection, signal } from '@angular/core';
import { bootstrapApplication } from '@angular/platform-browser';

@Component({
  selector: 'app-root',
  template: `<ul>@for (banner of banners(); track $index) {<li>{{ banner.deviceType }}: {{ banner.type }}</li>}</ul>`,
})
class App {
  readonly banners = signal<{ deviceType: string; type: string }[]>([]);

  constructor() {
    fetch('/mspBanners')
      .then((answer) => answer.json())
      .then((rows) => this.banners.set(rows));
  }
}

bootstrapApplication(App, { providers: [provideZonelessChangeDetection()] });
