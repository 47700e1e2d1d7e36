const target = process.env.R1MOCK_URL ?? 'http://127.0.0.1:8080';

export default {
  framework: '@storybook/html-vite',
  stories: ['../*.stories.js'],
  core: { disableTelemetry: true },
  // Stories reach the simulator under Storybook's own address, the control surface included.
  viteFinal: (config) => ({
    ...config,
    server: { ...config.server, proxy: { '^/(_mock|sandboxes)/': { target } } },
  }),
};
