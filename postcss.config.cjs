module.exports = {
  plugins: {
    'postcss-preset-mantine': {},
    'postcss-simple-vars': {
      variables: {
        'breakpoint-phone': '48em',
        'breakpoint-laptop': '75em',
      },
    },
  },
};
