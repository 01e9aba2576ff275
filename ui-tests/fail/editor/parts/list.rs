// The list.

static PLUGINS: PluginSet = plugins![AuthPlugin, MemoryCache, greet];
